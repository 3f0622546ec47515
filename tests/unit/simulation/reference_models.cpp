// Who asks when, by the three models of load.
#include "tests/unit/simulation/reference.hpp"

#include <algorithm>

namespace benchhost::simulation {

std::size_t Reference::plan(Instant planned) {
    account_.requests.push_back({.planned = planned});
    return account_.requests.size() - 1;
}

std::vector<std::size_t> Reference::plan_now(std::uint32_t count) {
    std::vector<std::size_t> requests(count);
    std::generate(requests.begin(), requests.end(), [&] { return plan(now_); });
    return requests;
}

void Reference::begin_load() {
    const auto* open = load_as<model::OpenLoop>();
    if (open == nullptr) {
        return;
    }
    for (std::uint32_t place = 0; place < spec_.pipeline; ++place) {
        for (std::uint32_t index = 0; index < portion_.count; ++index) {
            idle_.push_back(index);
        }
    }
    constexpr double kMostQueued = 4 * 1024 * 1024;
    room_ = std::max<std::size_t>(
        1024, static_cast<std::size_t>(
                  std::min(open->highest_rate() * to_seconds(spec_.timeout), kMostQueued) /
                  share_.count));
    schedule_.emplace(*open, spec_.warmup, spec_.seed);
    schedule_->skip(share_.index);
    next_due();
}

// One schedule for the whole load; the threads take turns.
void Reference::next_due() {
    const Nanoseconds time = schedule_->next();
    schedule_->skip(share_.count - 1);
    due_ = time == Nanoseconds::max() ? kNever : plan_.go + time;
}

/// Does what is due; when to come again.
Instant Reference::on_time() {
    if (load_as<model::OpenLoop>() != nullptr) {
        return open_on_time();
    }
    if (load_as<model::VirtualUsers>() != nullptr) {
        return users_on_time();
    }
    if (begun_) {
        return kNever;
    }
    if (now_ < plan_.go) {
        return plan_.go;
    }
    begun_ = true;
    for (std::uint32_t index = 0; index < portion_.count; ++index) {
        on_free(index, spec_.pipeline);
    }
    return kNever;
}

Instant Reference::open_on_time() {
    for (; due_ <= now_ && due_ < plan_.window_end; next_due()) {
        const std::size_t request = plan(due_);
        if (!idle_.empty()) {
            const std::uint32_t index = idle_.front();
            idle_.pop_front();
            submit(index, {request});
        } else if (queue_.size() < room_) {
            queue_.push_back(request);
        } else {
            account_.requests[request].end = Request::End::shed;
        }
    }
    return due_ < plan_.window_end ? due_ : kNever;
}

Instant Reference::spawn_time(std::uint32_t user) const {
    const double number = static_cast<double>(user) * share_.count + share_.index;
    return plan_.go + std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(
                          number / load_as<model::VirtualUsers>()->spawn_rate));
}

Instant Reference::users_on_time() {
    const Instant end = plan_.window_end;
    while (spawned_ < portion_.count && spawn_time(spawned_) <= now_ &&
           spawn_time(spawned_) < end) {
        submit(spawned_, {plan(spawn_time(spawned_))});
        ++spawned_;
    }
    while (!thinking_.empty() && thinking_.begin()->first <= now_) {
        const auto [due, user] = *thinking_.begin();
        thinking_.erase(thinking_.begin());
        if (due < end) {
            submit(user, {plan(due)});
        }
    }
    const Instant spawn = spawned_ < portion_.count ? spawn_time(spawned_) : kNever;
    const Instant next = std::min(spawn, thinking_.empty() ? kNever : thinking_.begin()->first);
    return next < end ? next : kNever;
}

void Reference::on_free(std::uint32_t index, std::uint32_t count) {
    if (load_as<model::OpenLoop>() != nullptr) {
        for (; count != 0 && !queue_.empty(); --count) {
            const std::size_t request = queue_.front();
            queue_.pop_front();
            submit(index, {request});
        }
        idle_.insert(idle_.end(), count, index);
        return;
    }
    Nanoseconds think{};
    if (const auto* users = load_as<model::VirtualUsers>()) {
        const Nanoseconds spread = users->think_time.to - users->think_time.from;
        think = users->think_time.from;
        if (spread.count() > 0) {
            think += Nanoseconds(static_cast<std::int64_t>(load::uniform(random_) *
                                                           static_cast<double>(spread.count())));
        }
    }
    if (think.count() > 0) {
        thinking_.emplace(now_ + think, index);
    } else if (now_ < plan_.window_end) {
        submit(index, plan_now(count));
    }
}

}  // namespace benchhost::simulation

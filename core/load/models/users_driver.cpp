#include "core/load/models/users_driver.hpp"

#include "core/load/schedule.hpp"

#include <algorithm>

namespace benchhost::load {

UsersDriver::UsersDriver(const model::VirtualUsers& model, const DriverContext& context)
    : model_(model),
      share_(context.share),
      connections_(context.connections),
      planner_(context.planner),
      tally_(context.tally),
      random_(context.spec.seed * 1'000'003 + share_.index),
      thinking_(connections_.size()) {
    if (context.spec.is_flow) {
        steps_.resize(connections_.size());
        for (const auto& request : context.spec.requests) {
            pauses_.push_back(request.think_time.value_or(model_.think_time));
        }
    }
}

void UsersDriver::start(const RunTimes& times) { times_ = &times; }

// Users are numbered through the run; the threads take them in turn.
Instant UsersDriver::spawn_time(std::uint32_t user) const {
    const double number = static_cast<double>(user) * share_.count + share_.index;
    return times_->go + std::chrono::duration_cast<Nanoseconds>(
                            std::chrono::duration<double>(number / model_.spawn_rate));
}

PlannedRequest UsersDriver::plan(std::uint32_t user, Instant planned) {
    return steps_.empty() ? planner_.plan(planned) : planner_.plan(planned, steps_[user]);
}

// Whoever got no right answer has nothing to go on with.
DurationRange UsersDriver::go_on(std::uint32_t user) {
    if (steps_.empty()) {
        return model_.think_time;
    }
    std::uint16_t& step = steps_[user];
    const DurationRange pause = pauses_[step];
    if (connections_.was_right(user)) {
        step = static_cast<std::uint16_t>((step + 1U) % pauses_.size());
    } else {
        step = 0;
        connections_.forget_user(user);
    }
    return pause;
}

void UsersDriver::ask(std::uint32_t user, Instant planned, Instant now) {
    if (planner_.is_done()) {
        return;
    }
    const PlannedRequest request = plan(user, planned);
    tally_.loop_lag(now - planned, now);
    connections_.submit(user, {&request, 1}, now);
}

Instant UsersDriver::on_time(Instant now) {
    const Instant end = times_->window_end;
    Instant spawn = kNever;
    for (; spawned_ < connections_.size(); ++spawned_) {
        spawn = spawn_time(spawned_);
        if (spawn > now || spawn >= end) {
            break;
        }
        ask(spawned_, spawn, connections_.now());
        spawn = kNever;
    }
    while (thinking_.is_due(now)) {
        const TimerHeap::Entry entry = thinking_.pop();
        if (entry.due < end) {
            ask(entry.connection, entry.due, connections_.now());
        }
    }
    const Instant next = std::min(spawn, thinking_.next());
    return next < end && !planner_.is_done() ? next : kNever;
}

void UsersDriver::on_free(std::uint32_t connection, std::uint32_t /*requests*/, Instant now) {
    const DurationRange pause = go_on(connection);
    const Nanoseconds spread = pause.to - pause.from;
    Nanoseconds think = pause.from;
    if (spread.count() > 0) {
        think += Nanoseconds(
            static_cast<std::int64_t>(uniform(random_) * static_cast<double>(spread.count())));
    }
    if (think.count() > 0) {
        thinking_.push(now + think, connection);
    } else if (now < times_->window_end) {
        ask(connection, now, now);
    }
}

template std::unique_ptr<Driver> driver_of(const model::VirtualUsers&, const DriverContext&);

}  // namespace benchhost::load

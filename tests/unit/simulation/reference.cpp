#include "tests/unit/simulation/reference.hpp"

#include "core/load/load.hpp"
#include "tests/unit/simulation/played_load.hpp"

#include <algorithm>

namespace benchhost::simulation {
namespace {

using model::FailureClass;

constexpr Nanoseconds kMillisecond = std::chrono::milliseconds(1);

/// Who is overdue is looked for so often.
Nanoseconds sweep_period(Nanoseconds timeout) {
    return std::clamp(timeout / 64, kMillisecond, 20 * kMillisecond);
}

Nanoseconds pause_after(unsigned failures_in_row) {
    return failures_in_row <= 1 ? Nanoseconds(0)
                                : kMillisecond * (1U << std::min(failures_in_row - 2, 8U));
}

}  // namespace

Reference::Reference(const Scenario& scenario, load::ThreadShare share)
    : scenario_(scenario),
      spec_(scenario.spec),
      share_(share),
      portion_(load::portion_of(load::connections_of(spec_.model), share)),
      world_(scenario, portion_.first, portion_.count),
      now_(kStart),
      plan_(load::RunPlan::starting(spec_, go_of(scenario))),
      connections_(portion_.count),
      random_(spec_.seed * 1'000'003 + share.index) {}

ThreadAccount Reference::run() {
    ramp_up();
    carry_load();
    abandon();
    return std::move(account_);
}

void Reference::ramp_up() {
    const Instant limit = now_ + load::longest_ramp(spec_, portion_.count);
    bool announced = false;
    while (now_ < told_at(scenario_)) {
        if (!announced && (!load::opens_ahead(spec_) || open_some() || now_ >= limit)) {
            announced = true;
            account_.opened_in_ramp = static_cast<std::uint64_t>(
                std::count_if(connections_.begin(), connections_.end(),
                              [](const auto& each) { return each.state == State::open; }));
        }
        wait(now_ + kMillisecond);
        check_deadlines();
    }
}

// A hundred at once, all threads together. True when each was tried.
bool Reference::open_some() {
    while (ramped_ < portion_.count && connecting_ < std::max(1U, 100 / share_.count)) {
        open(ramped_++);
    }
    return ramped_ == portion_.count && connecting_ == 0;
}

void Reference::carry_load() {
    loaded_ = true;
    begin_load();
    for (bool stopped = false;;) {
        if (const auto stop = scenario_.stopped; stop && !stopped && now_ >= plan_.go + *stop) {
            stopped = true;
            plan_.end_soon(plan_.go + *stop);
        }
        check_deadlines();
        const Instant due = on_time();
        const bool idle = under_way_ == 0 && queue_.empty();
        if (now_ >= plan_.window_end && (idle || now_ >= plan_.drain_end)) {
            return;
        }
        const Instant retry = retries_.empty() ? kNever : retries_.begin()->first;
        wait(std::min({due, next_border(), next_sweep_, retry, now_ + 20 * kMillisecond}));
    }
}

Instant Reference::next_border() const {
    for (const Instant border : {plan_.window_start, plan_.window_end, plan_.drain_end}) {
        if (now_ < border) {
            return border;
        }
    }
    return kNever;
}

// What happens at one moment is dealt with connection by connection; then each is free for more.
void Reference::wait(Instant until) {
    now_ = std::max(now_, std::min(until, world_.next()));
    const auto happenings = world_.take(now_);
    for (auto each = happenings.begin(); each != happenings.end();) {
        const std::uint32_t index = each->index;
        const std::uint32_t generation = connections_[index].generation;
        for (; each != happenings.end() && each->index == index; ++each) {
            if (connections_[index].generation == generation) {
                notice(*each);
            }
        }
        release(index);
    }
}

void Reference::notice(const Happening& happening) {
    const std::uint32_t index = happening.index;
    Connection& connection = connections_[index];
    switch (happening.what) {
        case Happening::What::connected:
            opened(index);
            return;
        case Happening::What::refused:
            break_off(index, FailureClass::connect_refused);
            return;
        case Happening::What::writable:
            return;
        case Happening::What::bytes:
        case Happening::What::answer:
            if (happening.answer == Answer::malformed) {
                account_.malformed = true;
                break_off(index, FailureClass::malformed_answer);
                return;
            }
            connection.started = true;
            account_.requests[connection.in_flight.front()].bytes += happening.bytes.size();
            if (happening.what == Happening::What::answer) {
                answered(index, happening.answer);
            }
            return;
        case Happening::What::end:
            stream_ended(index);
            return;
        case Happening::What::reset:
            ++account_.closed_by_server;
            break_off(index,
                      connection.started ? FailureClass::reset_in_answer
                                         : FailureClass::reset_before_answer,
                      FailureClass::reset_before_answer);
    }
}

void Reference::check_deadlines() {
    while (!retries_.empty() && retries_.begin()->first <= now_) {
        const std::uint32_t index = retries_.begin()->second;
        retries_.erase(retries_.begin());
        connections_[index].backs_off = false;
        if (!connections_[index].in_flight.empty()) {
            open(index);
        }
        release(index);
    }
    if (now_ < next_sweep_) {
        return;
    }
    next_sweep_ = now_ + sweep_period(spec_.timeout);
    for (std::uint32_t index = 0; index < portion_.count; ++index) {
        if (connections_[index].deadline <= now_) {
            break_off(index, connections_[index].state == State::connecting
                                 ? FailureClass::connect_timeout
                                 : FailureClass::timeout);
        }
    }
}

void Reference::submit(std::uint32_t index, const std::vector<std::size_t>& requests) {
    Connection& connection = connections_[index];
    const bool is_open = connection.state == State::open;
    if (is_open && connection.in_flight.empty()) {
        connection.deadline = now_ + spec_.timeout;
    }
    for (const std::size_t number : requests) {
        Request& request = account_.requests[number];
        request.handed = now_;
        request.reused = std::exchange(connection.used, true);
        if (is_open) {
            request.on_wire.emplace_back(now_, kNever);
        }
        connection.in_flight.push_back(number);
        ++under_way_;
    }
    connection.asked = true;
    if (is_open) {
        world_.request(index, static_cast<std::uint32_t>(requests.size()), now_);
    } else if (connection.state == State::closed && !connection.backs_off) {
        open(index);
    }
}

void Reference::open(std::uint32_t index) {
    Connection& connection = connections_[index];
    connection.state = State::connecting;
    connection.deadline = now_ + spec_.timeout;
    ++connection.generation;
    ++connecting_;
    world_.connect(index, now_);
}

// A request has one timeout, from its plan; who opens a connection for it has one for that as well.
void Reference::opened(std::uint32_t index) {
    Connection& connection = connections_[index];
    connection.state = State::open;
    --connecting_;
    ++account_.opened;
    const Instant opened_until = std::exchange(connection.deadline, kNever);
    if (connection.in_flight.empty()) {
        return;
    }
    for (const std::size_t number : connection.in_flight) {
        account_.requests[number].on_wire.emplace_back(now_, kNever);
    }
    connection.deadline = std::max(
        opened_until, account_.requests[connection.in_flight.front()].planned + spec_.timeout);
    world_.request(index, static_cast<std::uint32_t>(connection.in_flight.size()), now_);
}

void Reference::close(std::uint32_t index) {
    Connection& connection = connections_[index];
    connecting_ -= connection.state == State::connecting ? 1 : 0;
    connection.state = State::closed;
    connection.deadline = kNever;
    connection.used = connection.kept = connection.started = false;
    ++connection.generation;
    world_.hang_up(index);
}

void Reference::answered(std::uint32_t index, Answer answer) {
    Connection& connection = connections_[index];
    const std::size_t number = connection.in_flight.front();
    connection.in_flight.pop_front();
    ++connection.freed;
    if (answer == Answer::wrong_body || answer == Answer::wrong_status) {
        end(number, Request::End::failed,
            answer == Answer::wrong_body ? FailureClass::bad_body : FailureClass::bad_status);
    } else {
        end(number, Request::End::right);
    }
    connection.failures_in_row = 0;
    connection.kept = connection.answered = true;
    connection.started = false;
    connection.deadline =
        connection.in_flight.empty()
            ? kNever
            : account_.requests[connection.in_flight.front()].on_wire.back().first + spec_.timeout;
    if (spec_.keep_alive && answer != Answer::last) {
        return;
    }
    account_.closed_by_server += answer == Answer::last ? 1 : 0;
    if (connection.in_flight.empty()) {
        close(index);
    } else {
        ask_again(index);  // keep_alive = no does not pipeline: the server has announced it
    }
}

void Reference::stream_ended(std::uint32_t index) {
    Connection& connection = connections_[index];
    ++account_.closed_by_server;
    if (connection.in_flight.empty()) {
        close(index);
    } else if (connection.started) {
        break_off(index, FailureClass::closed_early, FailureClass::reset_before_answer);
    } else if (connection.kept && connection.in_flight.size() == 1 && world_.lost_last(index)) {
        ask_again(index);
    } else {
        break_off(index, FailureClass::reset_before_answer);
    }
}

void Reference::ask_again(std::uint32_t index) {
    for (const std::size_t number : connections_[index].in_flight) {
        Request& request = account_.requests[number];
        request.on_wire.back().second = now_;
        ++request.asked_again;
        ++account_.asked_again;
    }
    close(index);
    connections_[index].used = true;
    open(index);
}

void Reference::break_off(std::uint32_t index, FailureClass first, FailureClass others) {
    Connection& connection = connections_[index];
    const bool was_asked = !connection.in_flight.empty();
    for (FailureClass failure = first; !connection.in_flight.empty(); failure = others) {
        end(connection.in_flight.front(), Request::End::failed, failure);
        connection.in_flight.pop_front();
        ++connection.freed;
    }
    close(index);
    if (was_asked) {
        connection.failures_in_row = std::min(connection.failures_in_row + 1, 255U);
        connection.backs_off = true;
        retries_.emplace(now_ + pause_after(connection.failures_in_row), index);
    }
}

void Reference::end(std::size_t number, Request::End how, FailureClass failure) {
    Request& request = account_.requests[number];
    request.end = how;
    request.failure = failure;
    request.ended = now_;
    if (!request.on_wire.empty() && request.on_wire.back().second == kNever) {
        request.on_wire.back().second = now_;
    }
    --under_way_;
}

void Reference::release(std::uint32_t index) {
    Connection& connection = connections_[index];
    if (loaded_ && connection.freed != 0 && !connection.backs_off) {
        on_free(index, std::exchange(connection.freed, 0));
    }
}

void Reference::abandon() {
    for (std::uint32_t index = 0; index < portion_.count; ++index) {
        Connection& connection = connections_[index];
        for (const std::size_t number : connection.in_flight) {
            end(number, Request::End::unfinished);
        }
        account_.asked += connection.asked ? 1 : 0;
        account_.never_answered += connection.asked && !connection.answered ? 1 : 0;
    }
    for (const std::size_t number : queue_) {
        account_.requests[number].end = Request::End::unsent;
    }
}

}  // namespace benchhost::simulation

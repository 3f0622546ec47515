#include "tests/unit/truth/event_loop.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace benchhost::truth {
namespace {

constexpr Time kWire = 20'000;
constexpr std::size_t kMostEvents = 2'000'000;

Window window_of(const World& world) {
    const Time built_up = std::visit(
        [](const auto& load) { return static_cast<Time>(load.build_up().count()); }, world.load);
    const Time from = built_up + of(world.warmup);
    return {from, from + of(world.duration)};
}

// As the engine's connections: at once, then 1 ms, doubled up to 256 ms.
Time pause_after(unsigned failures_in_row) {
    return failures_in_row <= 1 ? 0 : Time{1'000'000} << std::min(failures_in_row - 2, 8U);
}

model::FailureClass class_of(Fate fate) {
    return fate == Fate::wrong     ? model::FailureClass::bad_body
           : fate == Fate::dropped ? model::FailureClass::reset_before_answer
           : fate == Fate::refused ? model::FailureClass::connect_refused
                                   : model::FailureClass::timeout;
}

}  // namespace

EventLoop::EventLoop(const World& world)
    : world_(world),
      window_(window_of(world)),
      drain_end_(window_.to + of(world.timeout * 1.125) + 100'000'000),
      draw_(world.seed ^ 0x9e3779b97f4a7c15U),
      processors_(world, window_),
      connections_(std::visit([](const auto& load) { return load.open_at_once(); }, world.load)) {
    tally_.set_window(instant(window_.from), instant(window_.to));
}

void EventLoop::start() {
    const auto count = static_cast<std::uint32_t>(connections_.size());
    if (const auto* users = load_as<model::VirtualUsers>()) {
        for (std::uint32_t user = 0; user < count; ++user) {
            push({of(user / users->spawn_rate), 0, What::think_over, user});
        }
        return;
    }
    for (std::uint32_t connection = 0; connection < count; ++connection) {
        const bool refused = world_.server.refuses && served_ >= world_.server.most_connections &&
                             world_.server.most_connections > 0;
        if (!refused) {
            connected(connection, 0);
        }
        if (load_as<model::ClosedLoop>() != nullptr) {
            plan(connection, 0, 0);
        } else {
            idle_.push_back(connection);
        }
    }
    if (const auto* open = load_as<model::OpenLoop>()) {
        room_ = std::max(room_, static_cast<std::size_t>(open->highest_rate() * world_.timeout));
        schedule_.emplace(*open, Nanoseconds(of(world_.warmup)), world_.seed);
        push_next_due();
    }
}

void EventLoop::push_next_due() {
    const auto next = schedule_->next();
    if (next < Nanoseconds(window_.to)) {
        push({next.count(), 0, What::due});
    }
}

bool EventLoop::is_over(Time now) const {
    return now >= window_.to && ((under_way_ == 0 && queue_.empty()) || now >= drain_end_);
}

void EventLoop::run() {
    start();
    Time now = 0;
    for (std::size_t count = 0; !events_.empty() && !is_over(now); ++count) {
        if (count == kMostEvents) {
            throw std::runtime_error("the simulation does not end");
        }
        const Event event = events_.top();
        events_.pop();
        now = event.at;
        if (!waits_for_thread(event)) {
            handle(event);
        }
    }
    abandon(std::max(now, window_.to));
}

/// The generator has one thread. What it comes to later than it could is put off until then.
bool EventLoop::waits_for_thread(Event event) {
    const bool costs =
        event.what == What::due || event.what == What::think_over || event.what == What::answer;
    if (!costs || event.begun) {
        return false;
    }
    const bool is_due = event.what != What::answer;
    if (event.what == What::due) {
        push_next_due();
    }
    if (is_due && event.at >= window_.to) {
        return true;  // nothing is asked any more
    }
    if (!is_due && connections_[event.connection].generation == event.generation) {
        connections_[event.connection].answer_lies_there = true;
    }
    const bool closed = load_as<model::ClosedLoop>() != nullptr;
    const double cpu = world_.generator_cpu * (closed ? 1 : 0.5);
    const double speed = 1 - world_.machine.others_on_client;
    const Time begin = std::max(event.at, thread_free_);
    if (is_due && window_.holds(begin)) {
        late_ = std::max(late_, begin - event.at);
        tally_.loop_lag(Nanoseconds(begin - event.at), instant(begin));
    }
    thread_free_ = begin + of(cpu / speed);
    const double busy = seconds(window_.overlap(begin, thread_free_));
    client_.cpu += busy * speed;
    client_.delayed += busy * (1 - speed);
    if (begin == event.at) {
        return false;
    }
    if (is_due) {
        requests_.push_back({event.at});  // planned for then, whenever it is come to
        event.request = requests_.size();
    }
    event.begun = true;
    event.at = begin;
    push(event);
    return true;
}

void EventLoop::handle(const Event& event) {
    auto& connection = connections_[event.connection];
    const bool current = connection.generation == event.generation;
    switch (event.what) {
        case What::due:
        case What::think_over:
            due(event);
            return;
        case What::arrives:
            if (current) {
                connection.at_server = true;
                if (connection.served) {
                    process(event.connection, event.at);
                }
            }
            return;
        case What::answer:
            if (current) {
                answered(event);
            }
            return;
        case What::refusal:
            fail(event.connection, Fate::refused, event.at);
            return;
        case What::connected:
            connected(event.connection, event.at);
            return;
        case What::deadline:
            if (current && connection.request == event.request && !connection.answer_lies_there) {
                fail(event.connection, Fate::hung, event.at);
            }
            return;
        case What::retry:
            free(event.connection, event.at);
            return;
    }
}

void EventLoop::due(const Event& event) {
    // The time it was put off from, if it was.
    const Time planned = event.begun ? requests_[event.request - 1].planned : event.at;
    std::size_t request = event.begun ? event.request - 1 : requests_.size();
    if (!event.begun) {
        requests_.push_back({planned});
    }
    tally_.planned(instant(planned));
    if (event.what == What::think_over) {
        submit(event.connection, request, event.at);
        return;
    }
    if (!idle_.empty()) {
        const auto connection = idle_.front();
        idle_.pop_front();
        submit(connection, request, event.at);
    } else if (queue_.size() < room_) {
        queue_.push_back(request);
    } else {
        tally_.shed({instant(planned)});
        requests_[request].fate = Fate::never_sent;
    }
}

void EventLoop::plan(std::uint32_t connection, Time planned, Time now) {
    requests_.push_back({planned});
    tally_.planned(instant(planned));
    submit(connection, requests_.size() - 1, now);
}

void EventLoop::submit(std::uint32_t index, std::size_t request, Time now) {
    auto& connection = connections_[index];
    tally_.sent({instant(requests_[request].planned)}, connection.used, instant(now));
    connection.request = request;
    connection.used = connection.asked = true;
    ++under_way_;
    connection.open ? write(index, now) : open(index, now);
}

void EventLoop::open(std::uint32_t index, Time now) {
    const auto most = world_.server.most_connections;
    const bool refused = world_.server.refuses && most > 0 && served_ >= most;
    push({now + 2 * kWire, 0, refused ? What::refusal : What::connected, index});
}

void EventLoop::connected(std::uint32_t index, Time now) {
    auto& connection = connections_[index];
    connection.open = true;
    tally_.opened();
    const auto most = world_.server.most_connections;
    connection.served = most == 0 || served_ < most;
    if (connection.served) {
        ++served_;
    } else {
        backlog_.emplace_back(index, connection.generation);
    }
    if (connection.request) {
        write(index, now);
    }
}

void EventLoop::write(std::uint32_t index, Time now) {
    auto& connection = connections_[index];
    requests_[*connection.request].written = now;
    tally_.written(1, instant(now));
    push({std::max(now, thread_free_) + kWire, 0, What::arrives, index, connection.generation});
    push({now + of(world_.timeout), 0, What::deadline, index, connection.generation,
          *connection.request});
}

void EventLoop::admit_next(Time now) {
    while (!backlog_.empty() && served_ < world_.server.most_connections) {
        const auto [index, generation] = backlog_.front();
        backlog_.pop_front();
        auto& connection = connections_[index];
        if (connection.open && connection.generation == generation) {
            connection.served = true;
            ++served_;
            if (connection.at_server) {
                process(index, now);
            }
        }
    }
}

void EventLoop::process(std::uint32_t index, Time now) {
    auto& connection = connections_[index];
    connection.at_server = false;
    const auto& server = world_.server;
    const double chance = draw_.between(0, 1);
    const Fate fate = chance < server.hang                                ? Fate::hung
                      : chance < server.hang + server.drop                ? Fate::dropped
                      : chance < server.hang + server.drop + server.wrong ? Fate::wrong
                                                                          : Fate::right;
    const double noise = server.noise > 0
                             ? std::exp(std::normal_distribution<>(-server.noise * server.noise / 2,
                                                                   server.noise)(draw_.random()))
                             : 1;
    const Time done = processors_.work(now, server.cpu * noise) + of(server.wait);
    if (fate != Fate::hung) {
        push({done + kWire, 0, What::answer, index, connection.generation, 0, fate});
    }
}

void EventLoop::answered(const Event& event) {
    auto& connection = connections_[event.connection];
    if (event.fate == Fate::dropped) {
        fail(event.connection, event.fate, event.at);
        return;
    }
    auto& request = requests_[*connection.request];
    request.ended = event.at;
    request.fate = event.fate;
    connection.request.reset();
    connection.answer_lies_there = false;
    connection.failures_in_row = 0;
    connection.answered = true;
    --under_way_;
    if (event.fate == Fate::right) {
        tally_.ok(times_of(request), instant(event.at), 12);
    } else {
        (void)tally_.failed(class_of(event.fate), times_of(request), instant(event.at));
    }
    free(event.connection, event.at);
}

void EventLoop::fail(std::uint32_t index, Fate fate, Time now) {
    auto& connection = connections_[index];
    auto& request = requests_[*connection.request];
    (void)tally_.failed(class_of(fate), times_of(request), instant(now));
    request.ended = now;
    request.fate = fate;
    connection.request.reset();
    --under_way_;
    close(index, now);
    push({now + pause_after(++connection.failures_in_row), 0, What::retry, index});
}

void EventLoop::close(std::uint32_t index, Time now) {
    auto& connection = connections_[index];
    ++connection.generation;
    connection.open = connection.at_server = connection.answer_lies_there = connection.used = false;
    if (std::exchange(connection.served, false)) {
        --served_;
        admit_next(now);
    }
}

void EventLoop::free(std::uint32_t index, Time now) {
    if (load_as<model::ClosedLoop>() != nullptr) {
        if (now < window_.to) {
            plan(index, now, now);
        }
    } else if (const auto* users = load_as<model::VirtualUsers>()) {
        const double think =
            draw_.between(to_seconds(users->think_time.from), to_seconds(users->think_time.to));
        push({now + of(think), 0, What::think_over, index});
    } else if (!queue_.empty()) {
        const auto request = queue_.front();
        queue_.pop_front();
        submit(index, request, now);
    } else {
        idle_.push_back(index);
    }
}

void EventLoop::abandon(Time now) {
    for (auto& connection : connections_) {
        if (connection.request) {
            auto& request = requests_[*connection.request];
            request.fate = Fate::unfinished;
            tally_.unfinished(times_of(request), instant(now));
        }
        if (connection.asked) {
            tally_.asked(connection.answered);
            ++asked_;
            never_answered_ += connection.answered ? 0 : 1;
        }
    }
    for (const auto request : queue_) {
        tally_.unsent({instant(requests_[request].planned)});
        requests_[request].fate = Fate::never_sent;
    }
    // Due in the window, and the generator's thread never came to it.
    for (; !events_.empty(); events_.pop()) {
        const auto& event = events_.top();
        if (event.begun && (event.what == What::due || event.what == What::think_over)) {
            auto& request = requests_[event.request - 1];
            tally_.planned(instant(request.planned));
            tally_.unsent({instant(request.planned)});
            request.fate = Fate::never_sent;
        }
    }
    tally_.finish(instant(now));
}

}  // namespace benchhost::truth

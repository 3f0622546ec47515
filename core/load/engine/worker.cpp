#include "core/load/engine/worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace benchhost::load {
namespace {

Instant instant_of(const std::atomic<std::int64_t>& stamp) {
    const std::int64_t value = stamp.load(std::memory_order_relaxed);
    return value == RunControl::kUnset ? kNever : Instant(Nanoseconds(value));
}

}  // namespace

Nanoseconds longest_ramp(const LoadSpec& spec, std::uint32_t connections) {
    return spec.timeout * 2 + std::chrono::milliseconds(1) * connections;
}

Worker::Worker(const LoadSpec& spec, const Traffic& traffic, ThreadShare share, RunControl& control,
               Kernel kernel)
    : Worker(spec, traffic, share, control, std::move(kernel),
             portion_of(connections_of(spec.model), share)) {}

Worker::Worker(const LoadSpec& spec, const Traffic& traffic, ThreadShare share, RunControl& control,
               Kernel kernel, Portion portion)
    : control_(control),
      index_(share.index),
      opens_ahead_(opens_ahead(spec)),
      ramp_limit_(longest_ramp(spec, portion.count)),
      tally_(traffic.requests.kinds.size()),
      planner_(traffic, tally_, share),
      connections_(traffic, std::move(kernel), tally_, portion.first, portion.count),
      driver_(make_driver({spec, share, connections_, planner_, tally_})) {
    if (!spec.cpus.empty()) {
        cpu_ = spec.cpus[(share.index - spec.first_thread) % spec.cpus.size()];
    }
}

void Worker::run() {
    if (settle_on_cpu() && ramp_up()) {
        carry_load();
    }
    control_.ended.fetch_add(1, std::memory_order_release);
}

bool Worker::settle_on_cpu() {
    if (connections_.kernel().settle(cpu_)) {
        return true;
    }
    failure_ = system_error(
        ErrorCode::environment,
        fmt::format("cannot pin load thread {} to cpu {}", index_, cpu_.value_or(0)), errno);
    return false;
}

// Opens the connections, says so, and waits for the common start. False: the run was given up.
bool Worker::ramp_up() {
    Instant now = connections_.now();
    const Instant limit = now + ramp_limit_;
    bool announced = false;
    while (control_.go.load(std::memory_order_acquire) == RunControl::kUnset) {
        if (control_.give_up.load(std::memory_order_relaxed)) {
            return false;
        }
        if (!announced && (!opens_ahead_ || connections_.ramp(now) || now >= limit)) {
            announced = true;
            opened_in_ramp_ = connections_.open_now();
            control_.ready.fetch_add(1, std::memory_order_release);
        }
        now = connections_.wait(now, now + std::chrono::milliseconds(1));
        connections_.check_deadlines(now);
    }
    return true;
}

void Worker::read_times() {
    times_.go = instant_of(control_.go);
    times_.window_start = instant_of(control_.window_start);
    const Instant end = instant_of(control_.window_end);
    if (times_.window_end == kNever) {
        times_.window_end = end;
        tally_.set_window(times_.window_start, end);
    } else if (end < times_.window_end) {
        times_.window_end = tally_.end_early(end, connections_.now());
    }
    drain_end_ = instant_of(control_.drain_end) + drain_put_off_;
}

void Worker::watch_window(Instant now) {
    if (!cpu_at_start_ && now >= times_.window_start) {
        cpu_at_start_ = connections_.kernel().thread_cpu();
        run_delay_at_start_ = connections_.kernel().run_delay();
        tally_.close_seconds(now);
    }
    if (now >= times_.window_end) {
        end_usage(now);
    }
}

void Worker::end_usage(Instant now) {
    if (!cpu_at_start_ || cpu_at_end_) {
        return;
    }
    cpu_at_end_ = connections_.kernel().thread_cpu();
    usage_.cpu = *cpu_at_end_ - *cpu_at_start_;
    usage_.wall = now - times_.window_start;
    if (const auto run_delay = connections_.kernel().run_delay();
        run_delay && run_delay_at_start_) {
        usage_.run_delay = *run_delay - *run_delay_at_start_;
    }
}

Instant Worker::next_border(Instant now) const {
    for (const Instant border : {times_.window_start, times_.window_end, drain_end_}) {
        if (now < border) {
            return border;
        }
    }
    return kNever;
}

void Worker::carry_load() {
    read_times();
    driver_->start(times_);
    connections_.set_listener(driver_.get());
    Instant now = connections_.now();
    tally_.absence(now - times_.go, now, false);  // it was told before that time
    for (;;) {
        read_times();
        watch_window(now);
        connections_.check_deadlines(now);  // whom it frees may be due before the next check
        const Instant due = driver_->on_time(now);
        const bool idle = connections_.requests_in_flight() == 0 && !driver_->has_queued();
        if (now >= times_.window_end && (idle || now >= drain_end_)) {
            break;
        }
        if (idle && planner_.is_done() && !told_done_) {
            told_done_ = true;
            end_usage(now);
            control_.tell_done(now);
        }
        const Instant until = std::min({due, next_border(now), connections_.next_deadline_check(),
                                        now + RunControl::kLongestWait});
        const Nanoseconds put_off = connections_.put_off();
        now = connections_.wait(now, until);
        if (now >= times_.window_end) {  // the deadlines in the drain are later by as much
            drain_put_off_ += connections_.put_off() - put_off;
        }
    }
    connections_.abandon(now);
    driver_->abandon();
    tally_.finish(now);
}

}  // namespace benchhost::load

#include "core/load/engine/run_control.hpp"

#include "core/load/shares.hpp"

#include <algorithm>

namespace benchhost::load {
namespace {

// A time this far ahead reaches all load threads before it comes.
constexpr Nanoseconds kNotice = RunControl::kLongestWait * 3;
constexpr Nanoseconds kInterruptedDrain = std::chrono::milliseconds(500);

void store(std::atomic<std::int64_t>& to, Instant time) {
    to.store(time.time_since_epoch().count(), std::memory_order_relaxed);
}

}  // namespace

void RunControl::tell_done(Instant now) {
    const std::int64_t stamp = now.time_since_epoch().count();
    std::int64_t last = last_end.load(std::memory_order_relaxed);
    while (last < stamp && !last_end.compare_exchange_weak(last, stamp)) {
    }
    done.fetch_add(1, std::memory_order_release);
}

RunPlan RunPlan::starting(const LoadSpec& spec, Instant go) {
    RunPlan plan;
    plan.go = go;
    plan.warmup_start = spec.most_requests ? go : go + build_up_of(spec.model);
    plan.window_start = plan.warmup_start + spec.warmup;
    plan.window_end = plan.window_start + spec.duration;
    plan.drain_end = plan.window_end + spec.timeout + spec.timeout / 8 + kNotice;
    return plan;
}

void RunPlan::end_soon(Instant now) {
    if (now < window_end) {
        window_end = std::min(window_end, now + kNotice);
    }
    drain_end = std::max(now, window_end) + kInterruptedDrain;
}

void RunPlan::tell(RunControl& control) const {
    store(control.window_start, window_start);
    store(control.window_end, window_end);
    store(control.drain_end, drain_end);
    control.go.store(go.time_since_epoch().count(), std::memory_order_release);
}

}  // namespace benchhost::load

#include "core/load/engine/run_watch.hpp"

#include "core/load/shares.hpp"
#include "core/load/window_edges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>

namespace benchhost::load {
namespace {

constexpr Nanoseconds kTick = std::chrono::milliseconds(5);
constexpr Nanoseconds kProgressEvery = std::chrono::milliseconds(200);
constexpr Nanoseconds kStartNotice = std::chrono::milliseconds(2);
// Dead: this many failures in a row without one answer, over so long a time.
constexpr std::uint64_t kFailuresOfTheDead = 100;
constexpr Nanoseconds kLeastSilence = std::chrono::seconds(2);

/// The counters of all threads at one moment.
struct Sums {
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::uint64_t answers = 0;
};

class Watch {
  public:
    Watch(const LoadSpec& spec, const Workers& workers, RunControl& control,
          const std::atomic<bool>& stop, ProgressObserver* observer, StartGate* gate)
        : spec_(spec),
          workers_(workers),
          control_(control),
          stop_(stop),
          observer_(observer),
          gate_(gate) {}

    WatchResult run() {
        if (!wait_for_ramp() || !wait_for_others()) {
            result_.interrupted = stop_.load(std::memory_order_relaxed);
            control_.give_up.store(true, std::memory_order_relaxed);
            wait_for_end();
            return result_;
        }
        plan_.tell(control_);
        last_progress_ = plan_.go;
        last_answer_ = plan_.go;
        while (!all(control_.ended)) {
            std::this_thread::sleep_until(
                std::min(Clock::now() + kTick, edges_.next(plan_.window_start, plan_.window_end)));
            const Instant now = Clock::now();
            edges_.tell(plan_.window_start, plan_.window_end, now);
            look_for_end(now);
            if (now - last_progress_ >= kProgressEvery) {
                look_for_life(now);
                report_progress(now);
                last_progress_ = now;
            }
        }
        result_.window_start = plan_.window_start;
        edges_.tell(plan_.window_start, plan_.window_end, plan_.window_end);
        const Instant end = all(control_.done) ? last_end() : plan_.window_end;
        result_.window = std::max(end - plan_.window_start, Nanoseconds(0));
        return result_;
    }

  private:
    bool all(const std::atomic<std::uint32_t>& count) const {
        return count.load(std::memory_order_acquire) == workers_.size();
    }

    void wait_for_end() const {
        while (!all(control_.ended)) {
            std::this_thread::sleep_for(kTick);
        }
    }

    bool wait_for_ramp() {
        // A thread that could not be set up ends without having been ready.
        while (!all(control_.ready)) {
            if (stop_.load(std::memory_order_relaxed) ||
                control_.ended.load(std::memory_order_acquire) != 0) {
                return false;
            }
            std::this_thread::sleep_for(kTick);
        }
        return true;
    }

    bool wait_for_others() {
        const auto common =
            gate_ == nullptr ? std::optional(Clock::now() + kStartNotice) : gate_->wait();
        if (common) {
            plan_ = RunPlan::starting(spec_, *common);
        }
        return common.has_value();
    }

    Instant last_end() const {
        return Instant(Nanoseconds(control_.last_end.load(std::memory_order_relaxed)));
    }

    void look_for_end(Instant now) {
        if (!ending_ && all(control_.done)) {
            end_soon(now);
        }
        if (!ending_ && stop_.load(std::memory_order_relaxed)) {
            result_.interrupted = now < plan_.window_end;
            end_soon(now);
        }
    }

    void end_soon(Instant now) {
        ending_ = true;
        plan_.end_soon(now);
        plan_.tell(control_);
    }

    Sums sums() const {
        Sums sums;
        for (const auto& worker : workers_) {
            const LiveCounters& live = worker->live();
            sums.ok += live.ok.load(std::memory_order_relaxed);
            sums.failed += live.failed.load(std::memory_order_relaxed);
            sums.answers += live.answers.load(std::memory_order_relaxed);
        }
        return sums;
    }

    void look_for_life(Instant now) {
        const Sums current = sums();
        if (current.answers != answers_) {
            answers_ = current.answers;
            last_answer_ = now;
            failed_at_last_answer_ = current.failed;
            return;
        }
        const std::uint64_t in_a_row = current.failed - failed_at_last_answer_;
        if (ending_ || in_a_row < kFailuresOfTheDead ||
            now - last_answer_ < std::max(kLeastSilence, 2 * spec_.timeout)) {
            return;
        }
        result_.gave_up = fmt::format(
            "the server is dead: {} requests failed in a row, no answer "
            "for {:.1f} s",
            in_a_row, to_seconds(now - last_answer_));
        end_soon(now);
    }

    void report_progress(Instant now) {
        if (observer_ == nullptr) {
            return;
        }
        const Sums current = sums();
        Progress progress;
        progress.phase = now < plan_.warmup_start   ? Progress::Phase::connect
                         : now < plan_.window_start ? Progress::Phase::warmup
                         : now < plan_.window_end   ? Progress::Phase::measure
                                                    : Progress::Phase::drain;
        progress.total = plan_.window_end - plan_.warmup_start;
        progress.elapsed =
            std::clamp<Nanoseconds>(now - plan_.warmup_start, Nanoseconds(0), progress.total);
        progress.rate = static_cast<double>(current.ok - ok_) / to_seconds(now - last_progress_);
        progress.failed = current.failed;
        progress.p99 = p99_since_last();
        ok_ = current.ok;
        observer_->on_progress(progress);
    }

    std::optional<Nanoseconds> p99_since_last() {
        std::uint64_t total = 0;
        LiveLatency::Counts fresh{};
        for (std::size_t bucket = 0; bucket < LiveLatency::kBuckets; ++bucket) {
            std::uint32_t count = 0;
            for (const auto& worker : workers_) {
                count += worker->live().response_time.count(bucket);
            }
            fresh[bucket] = count - latencies_[bucket];
            latencies_[bucket] = count;
            total += fresh[bucket];
        }
        return total == 0 ? std::nullopt : std::optional(quantile_of(fresh, total, 0.99));
    }

    const LoadSpec& spec_;
    const Workers& workers_;
    RunControl& control_;
    const std::atomic<bool>& stop_;
    ProgressObserver* observer_;
    WindowEdges edges_{observer_};
    StartGate* gate_;
    WatchResult result_;
    RunPlan plan_;
    Instant last_progress_{};
    Instant last_answer_{};
    bool ending_ = false;
    std::uint64_t ok_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t failed_at_last_answer_ = 0;
    LiveLatency::Counts latencies_{};
};

}  // namespace

WatchResult watch_run(const LoadSpec& spec, const Workers& workers, RunControl& control,
                      const std::atomic<bool>& stop, ProgressObserver* observer, StartGate* gate) {
    return Watch(spec, workers, control, stop, observer, gate).run();
}

}  // namespace benchhost::load

// One load thread.
#pragma once

#include "core/base/result.hpp"
#include "core/load/engine/connections.hpp"
#include "core/load/engine/tally.hpp"
#include "core/load/engine/traffic.hpp"
#include "core/load/models/driver.hpp"
#include "core/load/shares.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace benchhost::load {

/// The only thing that the threads of a run share and change. The engine's thread writes the
/// times, each a monotonic stamp in nanoseconds, kUnset until it is known; the load threads read
/// them at least every Worker::kLongestWait.
struct RunControl {
    static constexpr std::int64_t kUnset = std::numeric_limits<std::int64_t>::max();
    std::atomic<std::int64_t> go{kUnset};  ///< set last (release)
    std::atomic<std::int64_t> window_start{kUnset};
    std::atomic<std::int64_t> window_end{kUnset};  ///< may be moved, never into the past
    std::atomic<std::int64_t> drain_end{kUnset};
    std::atomic<bool> give_up{false};     ///< end at once, also before `go`
    std::atomic<std::uint32_t> ready{0};  ///< threads that have finished their ramp
    std::atomic<std::uint32_t> ended{0};  ///< threads that have nothing left to do
};

/// What a thread used of its core within the window.
struct ThreadUsage {
    Nanoseconds cpu{};
    Nanoseconds wall{};
    std::optional<Nanoseconds> run_delay;  ///< ready to run, without a processor
};

/// Runs on its own thread from ramp to drain. Everything in it belongs to that thread until it has
/// been joined, but live().
class Worker {
  public:
    static constexpr Nanoseconds kLongestWait = std::chrono::milliseconds(20);

    static Result<std::unique_ptr<Worker>> make(const LoadSpec& spec, const Traffic& traffic,
                                                ThreadShare share, RunControl& control);

    /// The thread's body.
    void run();

    const LiveCounters& live() const { return tally_.live(); }
    std::uint32_t connections() const { return connections_.size(); }

    // After join.
    const Tally& tally() const { return tally_; }
    const ThreadUsage& usage() const { return usage_; }
    /// Connections that were open when the ramp had ended.
    std::uint32_t opened_in_ramp() const { return opened_in_ramp_; }
    /// Why the thread could not be set up as asked (pinning); nothing was run then.
    const std::optional<Error>& failure() const { return failure_; }

  private:
    Worker(const LoadSpec& spec, const Traffic& traffic, ThreadShare share, RunControl& control,
           Poller poller, std::uint32_t first, std::uint32_t count);

    bool settle_on_cpu();
    bool ramp_up();
    void carry_load();
    void read_times();
    void watch_window(Instant now);
    Instant next_border(Instant now) const;

    RunControl& control_;
    std::optional<unsigned> cpu_;
    std::uint32_t index_;
    bool opens_ahead_;
    Nanoseconds ramp_limit_;
    Tally tally_;
    Connections connections_;
    std::unique_ptr<Driver> driver_;
    RunTimes times_;
    Instant drain_end_ = kNever;
    std::optional<Nanoseconds> cpu_at_start_;
    std::optional<Nanoseconds> cpu_at_end_;
    std::optional<Nanoseconds> run_delay_at_start_;
    ThreadUsage usage_;
    std::uint32_t opened_in_ramp_ = 0;
    std::optional<Error> failure_;
};

}  // namespace benchhost::load

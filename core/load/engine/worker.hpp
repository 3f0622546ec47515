// One load thread.
#pragma once

#include "core/base/result.hpp"
#include "core/load/engine/connections.hpp"
#include "core/load/engine/planner.hpp"
#include "core/load/engine/run_control.hpp"
#include "core/load/engine/tally.hpp"
#include "core/load/engine/traffic.hpp"
#include "core/load/models/driver.hpp"
#include "core/load/shares.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace benchhost::load {

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
    Worker(const LoadSpec& spec, const Traffic& traffic, ThreadShare share, RunControl& control,
           Kernel kernel);

    /// The thread's body.
    void run();

    const LiveCounters& live() const { return tally_.live(); }
    std::uint32_t connections() const { return connections_.size(); }

    // After join.
    const Tally& tally() const { return tally_; }
    const ThreadUsage& usage() const { return usage_; }
    /// Compressed answers that had to be decoded.
    std::uint64_t decoded() const { return connections_.decoded(); }
    /// Connections that were open when the ramp had ended.
    std::uint32_t opened_in_ramp() const { return opened_in_ramp_; }
    /// Why the thread could not be set up as asked (pinning); nothing was run then.
    const std::optional<Error>& failure() const { return failure_; }

  private:
    Worker(const LoadSpec& spec, const Traffic& traffic, ThreadShare share, RunControl& control,
           Kernel kernel, Portion portion);

    bool settle_on_cpu();
    bool ramp_up();
    void carry_load();
    void read_times();
    void watch_window(Instant now);
    void end_usage(Instant now);
    Instant next_border(Instant now) const;

    RunControl& control_;
    std::optional<unsigned> cpu_;
    std::uint32_t index_;
    bool opens_ahead_;
    Nanoseconds ramp_limit_;
    Tally tally_;
    Planner planner_;
    Connections connections_;
    std::unique_ptr<Driver> driver_;
    RunTimes times_;
    Instant drain_end_ = kNever;
    Nanoseconds drain_put_off_{};
    bool told_done_ = false;
    std::optional<Nanoseconds> cpu_at_start_;
    std::optional<Nanoseconds> cpu_at_end_;
    std::optional<Nanoseconds> run_delay_at_start_;
    ThreadUsage usage_;
    std::uint32_t opened_in_ramp_ = 0;
    std::optional<Error> failure_;
};

using Workers = std::vector<std::unique_ptr<Worker>>;

}  // namespace benchhost::load

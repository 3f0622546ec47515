// What the calling thread does while the load threads work: start, progress, end.
#pragma once

#include "core/load/engine/worker.hpp"
#include "core/load/load.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::load {

struct WatchResult {
    Instant window_start{};
    Nanoseconds window{};  ///< how long the window really was; 0 when it was never reached
    bool interrupted = false;
    std::optional<std::string> gave_up;
};

/// Waits for the ramp and at `gate` (null: the run begins at once), sets the times of the run,
/// reports progress, ends the run early when `stop` is set or the target is dead, and returns when
/// every load thread has ended.
WatchResult watch_run(const LoadSpec& spec, const Workers& workers, RunControl& control,
                      const std::atomic<bool>& stop, ProgressObserver* observer, StartGate* gate);

}  // namespace benchhost::load

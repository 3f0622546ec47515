// When a run begins and ends: how the thread that watches it tells the load threads.
#pragma once

#include "core/base/clock.hpp"
#include "core/load/load.hpp"

#include <atomic>
#include <cstdint>
#include <limits>

namespace benchhost::load {

/// The only thing that the threads of a run share and change. The engine's thread writes the
/// times, each a monotonic stamp in nanoseconds, kUnset until it is known; the load threads read
/// them at least every kLongestWait.
struct RunControl {
    static constexpr std::int64_t kUnset = std::numeric_limits<std::int64_t>::max();
    static constexpr Nanoseconds kLongestWait = std::chrono::milliseconds(20);

    std::atomic<std::int64_t> go{kUnset};  ///< set last (release)
    std::atomic<std::int64_t> window_start{kUnset};
    std::atomic<std::int64_t> window_end{kUnset};  ///< may be moved, never into the past
    std::atomic<std::int64_t> drain_end{kUnset};
    std::atomic<bool> give_up{false};       ///< end at once, also before `go`
    std::atomic<std::uint32_t> ready{0};    ///< threads that have finished their ramp
    std::atomic<std::uint32_t> done{0};     ///< threads of which all requests have ended
    std::atomic<std::int64_t> last_end{0};  ///< of their requests, the last
    std::atomic<std::uint32_t> ended{0};    ///< threads that have nothing left to do

    /// [load threads, once each]
    void tell_done(Instant now);
};

/// The times of one run.
struct RunPlan {
    Instant go{};
    Instant warmup_start{};  ///< all of the load is there
    Instant window_start{};
    Instant window_end{};
    Instant drain_end{};  ///< who has no answer by now gets none

    static RunPlan starting(const LoadSpec& spec, Instant go);
    /// The run is to end now: soon enough for who waits, and late enough for all threads to hear of
    /// it before.
    void end_soon(Instant now);
    void tell(RunControl& control) const;
};

}  // namespace benchhost::load

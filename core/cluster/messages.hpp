// What the coordinator and the ranks that generate load say to each other, and in which order:
//
//   coordinator            rank
//   Order            ->    opens its connections
//                    <-    ready
//   ping (several)  <->    its clock
//   go               ->    the load begins at that time of its clock
//                    <-    Beat, at most one a second
//   stop             ->    (only to end early)
//                    <-    Done
#pragma once

#include "core/cluster/archive.hpp"
#include "core/cluster/hosts.hpp"
#include "core/suite/suite_request.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace benchhost::cluster {

enum class Tag : int { order = 1, ready, ping, pong, go, beat, stop, done };

struct Order {
    enum class Task : std::uint32_t { load, ceiling, leave } task = Task::leave;
    load::LoadSpec spec;
    std::optional<unsigned> null_server_cpu;  ///< for the ceiling
};
BOOST_DESCRIBE_STRUCT(Order, (), (task, spec, null_server_cpu))

/// A sign of life.
struct Beat {
    load::Progress progress;
    bool told_to_end = false;  ///< a signal told the rank itself to end
};
BOOST_DESCRIBE_STRUCT(Beat, (), (progress, told_to_end))

/// The end of a task. `error` is empty, or says why nothing was measured.
struct Done {
    std::uint32_t error_code = 0;  ///< an ErrorCode
    std::string error;
    load::LoadReport report;
    machine::MachineLook begin, end;  ///< of the rank's host, at the edges of the window
    machine::WatchedCpus cpus;        ///< that the looks are to be judged by
    std::optional<double> ceiling;
};
BOOST_DESCRIBE_STRUCT(Done, (), (error_code, error, report, begin, end, cpus, ceiling))

/// A time of the monotonic clock of the rank that generates, in nanoseconds.
using Stamp = std::int64_t;
inline Stamp stamp_of(std::chrono::steady_clock::time_point time) {
    return std::chrono::duration_cast<Nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace benchhost::cluster

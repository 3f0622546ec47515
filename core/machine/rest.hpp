// What a process that nobody asks for anything does with a processor.
#pragma once

#include "core/base/units.hpp"
#include "core/machine/thread_times.hpp"

namespace benchhost::machine {

/// What it asked of a processor in a window, as shares of the window. On a machine to itself it
/// would have used at least `least` and at most `most`.
struct RestReading {
    double ran = 0;
    double least = 0;  ///< more than `ran` where a thread never slept
    double most = 0;   ///< more than `ran` where one waited for a processor
};

/// Pure. `cpu`: of the whole tree, with threads that have ended meanwhile. The looks are with
/// `sleeps`.
RestReading rest_between(const ThreadTimes& begin, const ThreadTimes& end, Nanoseconds cpu,
                         Nanoseconds window);

}  // namespace benchhost::machine

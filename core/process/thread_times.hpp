// How a server's threads share its work.
#pragma once

#include "core/base/units.hpp"

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <optional>

namespace benchhost::process {

/// Time on a processor, by thread.
using ThreadTimes = std::map<pid_t, Nanoseconds>;

/// Of all threads of `process` and of those below it; without those whose time the kernel does not
/// tell. One small file a thread: for the edges of a window, not for every sample.
ThreadTimes read_thread_times(pid_t process);

/// The threads that worked in a window, as shares of it.
struct ThreadWork {
    std::size_t threads = 0;
    double least = 0;
    double most = 0;
};

/// Of the threads that were there at both ends and ran for at least a tenth of the window: others
/// wait, or look after something else. Nothing when fewer than two worked.
std::optional<ThreadWork> work_between(const ThreadTimes& begin, const ThreadTimes& end,
                                       Nanoseconds window);

}  // namespace benchhost::process

// How a server's threads share its work.
#pragma once

#include "core/base/units.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::machine {

struct ThreadTime {
    std::string name;  ///< threads that do the same mostly have the same
    Nanoseconds ran{};
    Nanoseconds waited{};  ///< ready to run, for a processor
    /// Times it went to sleep, which is to give up its processor by itself. Absent, as what
    /// follows, where nobody asked for it.
    std::optional<std::uint64_t> sleeps = std::nullopt;
    bool awake = false;  ///< it ran or waited for a processor when it was looked at
};
using ThreadTimes = std::map<pid_t, ThreadTime>;

/// Of all threads of `process` and of those below it; without those whose time the kernel does not
/// tell. Two small files a thread, and one more for `sleeps`: for the edges of a window, not for
/// every sample.
ThreadTimes read_thread_times(pid_t process, bool with_sleeps = false);

/// What one thread did between two looks.
struct ThreadSpell {
    Nanoseconds ran{};
    Nanoseconds waited{};
    bool never_slept = false;   ///< by counts, not by clocks; false where it is not known
    bool awake_at_end = false;  ///< `waited` lacks a wait that is not over
};
/// Of the threads that are in both looks.
std::vector<ThreadSpell> spells_between(const ThreadTimes& begin, const ThreadTimes& end);

/// How long threads waited for a processor between two looks, summed; those that ended meanwhile
/// are not in it. Absent where the kernel does not tell.
std::optional<Nanoseconds> waited_between(const ThreadTimes& begin, const ThreadTimes& end);

/// The kernel counts a wait when it is over: of a thread that was awake when `end` was read, at
/// `end_at`, `waited` may lack as much as its whole window. This looks until each of them has run,
/// and gives `end` with what of such waits lay before `end_at`. Absent when one has not run within
/// `patience`: how long it waits is not known.
std::optional<ThreadTimes> with_waits_under_way(ThreadTimes end,
                                                std::chrono::steady_clock::time_point end_at,
                                                pid_t process, Nanoseconds patience);

/// The threads that worked in a window, as shares of it.
struct ThreadWork {
    std::size_t threads = 0;
    double least = 0;
    double most = 0;
};

/// Of the threads of that name whose threads ran longest, those that were there at both ends and
/// ran at least a tenth as long as the busiest: others wait, or look after something else. Nothing
/// when fewer than two worked, or none worked for a twentieth of the window.
std::optional<ThreadWork> work_between(const ThreadTimes& begin, const ThreadTimes& end,
                                       Nanoseconds window);

}  // namespace benchhost::machine

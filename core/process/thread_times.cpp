#include "core/process/thread_times.hpp"

#include "core/process/proc_file.hpp"
#include "core/process/process_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace benchhost::process {
namespace {

void add_threads(ThreadTimes& times, pid_t process) {
    const auto directory = fmt::format("/proc/{}/task", process);
    for (const pid_t thread : numbered_entries(directory)) {
        // In nanoseconds: time run, time waited, time slices. stat has ticks only.
        std::istringstream words(
            read_proc(fmt::format("{}/{}/schedstat", directory, thread)).value_or(""));
        if (Nanoseconds::rep ran = 0; words >> ran) {
            times[thread] = Nanoseconds(ran);
        }
    }
}

}  // namespace

ThreadTimes read_thread_times(pid_t process) {
    ThreadTimes times;
    add_threads(times, process);
    for (const pid_t child : descendants(process)) {
        add_threads(times, child);
    }
    return times;
}

std::optional<ThreadWork> work_between(const ThreadTimes& begin, const ThreadTimes& end,
                                       Nanoseconds window) {
    constexpr double kWorked = 0.10;
    ThreadWork work;
    for (const auto& [thread, time] : end) {
        const auto before = begin.find(thread);
        if (before == begin.end() || window.count() <= 0) {
            continue;
        }
        const double share = to_seconds(time - before->second) / to_seconds(window);
        if (share >= kWorked) {
            work.least = work.threads == 0 ? share : std::min(work.least, share);
            work.most = std::max(work.most, share);
            ++work.threads;
        }
    }
    return work.threads > 1 ? std::optional(work) : std::nullopt;
}

}  // namespace benchhost::process

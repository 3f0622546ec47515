#include "core/machine/thread_times.hpp"

#include "core/machine/proc_file.hpp"
#include "core/machine/process_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <thread>
#include <vector>

namespace benchhost::machine {
namespace {

void add_threads(ThreadTimes& times, pid_t process, bool with_sleeps) {
    const auto directory = fmt::format("/proc/{}/task", process);
    for (const pid_t thread : numbered_entries(directory)) {
        const auto folder = fmt::format("{}/{}/", directory, thread);
        // In nanoseconds: time run, time waited, time slices. stat has ticks only.
        std::istringstream words(read_proc(folder + "schedstat").value_or(""));
        Nanoseconds::rep ran = 0;
        Nanoseconds::rep waited = 0;
        if (words >> ran >> waited) {
            auto& time = times[thread];
            time = {read_proc(folder + "comm").value_or(""), Nanoseconds(ran), Nanoseconds(waited)};
            if (with_sleeps) {
                const auto status = read_proc(folder + "status").value_or("");
                time.sleeps = status_number(status, "voluntary_ctxt_switches");
                time.awake = status.find("\nState:\tR") != std::string::npos;
            }
        }
    }
}

}  // namespace

ThreadTimes read_thread_times(pid_t process, bool with_sleeps) {
    ThreadTimes times;
    add_threads(times, process, with_sleeps);
    for (const pid_t child : descendants(process)) {
        add_threads(times, child, with_sleeps);
    }
    return times;
}

std::vector<ThreadSpell> spells_between(const ThreadTimes& begin, const ThreadTimes& end) {
    std::vector<ThreadSpell> spells;
    for (const auto& [thread, now] : end) {
        const auto before = begin.find(thread);
        if (before != begin.end()) {
            const auto& then = before->second;
            // Whoever is awake at both ends and has not gone to sleep in between was so all the
            // time.
            const bool never_slept =
                now.awake && then.awake && now.sleeps && now.sleeps == then.sleeps;
            spells.push_back(
                {now.ran - then.ran, now.waited - then.waited, never_slept, now.awake});
        }
    }
    return spells;
}

std::optional<ThreadTimes> with_waits_under_way(ThreadTimes end,
                                                std::chrono::steady_clock::time_point end_at,
                                                pid_t process, Nanoseconds patience) {
    using std::chrono::steady_clock;
    constexpr auto kBetweenLooks = std::chrono::milliseconds(1);
    std::vector<pid_t> open;
    for (const auto& [thread, time] : end) {
        if (time.awake) {
            open.push_back(thread);
        }
    }
    while (!open.empty()) {
        if (steady_clock::now() - end_at > patience) {
            return std::nullopt;
        }
        std::this_thread::sleep_for(kBetweenLooks);  // polling another process
        const auto now = read_thread_times(process);
        const Nanoseconds since = steady_clock::now() - end_at;
        const auto has_run = [&](pid_t thread) {
            const auto found = now.find(thread);
            auto& then = end.at(thread);
            if (found != now.end() && found->second.waited > then.waited) {
                const auto grown = found->second.waited - then.waited;
                then.waited += std::max(grown - since, Nanoseconds{});
                return true;
            }
            return found == now.end() || found->second.ran > then.ran;
        };
        open.erase(std::remove_if(open.begin(), open.end(), has_run), open.end());
    }
    return end;
}

std::optional<Nanoseconds> waited_between(const ThreadTimes& begin, const ThreadTimes& end) {
    if (end.empty()) {
        return std::nullopt;
    }
    Nanoseconds sum{};
    for (const auto& [thread, now] : end) {
        const auto before = begin.find(thread);
        sum += now.waited - (before == begin.end() ? Nanoseconds{} : before->second.waited);
    }
    return sum;
}

std::optional<ThreadWork> work_between(const ThreadTimes& begin, const ThreadTimes& end,
                                       Nanoseconds window) {
    constexpr double kOfTheBusiest = 0.10;
    constexpr double kOfTheWindow = 0.05;
    struct Group {
        std::vector<double> shares;
        double sum = 0;
    };
    std::map<std::string, Group> by_name;
    for (const auto& [thread, now] : end) {
        const auto before = begin.find(thread);
        if (before != begin.end() && window.count() > 0) {
            auto& group = by_name[now.name];
            group.shares.push_back(to_seconds(now.ran - before->second.ran) / to_seconds(window));
            group.sum += group.shares.back();
        }
    }
    const auto working = std::max_element(
        by_name.begin(), by_name.end(),
        [](const auto& one, const auto& other) { return one.second.sum < other.second.sum; });
    if (working == by_name.end()) {
        return std::nullopt;
    }
    const auto& shares = working->second.shares;
    ThreadWork work;
    work.most = *std::max_element(shares.begin(), shares.end());
    work.least = work.most;
    for (const double share : shares) {
        if (share >= kOfTheBusiest * work.most) {
            work.least = std::min(work.least, share);
            ++work.threads;
        }
    }
    return work.threads > 1 && work.most >= kOfTheWindow ? std::optional(work) : std::nullopt;
}

}  // namespace benchhost::machine

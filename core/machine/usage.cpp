#include "core/machine/usage.hpp"

#include "core/machine/proc_file.hpp"
#include "core/machine/process_tree.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace benchhost::machine {
namespace {

constexpr int kLooks = 3;
constexpr std::uint64_t kManyThreads = 256;
constexpr std::uint64_t kManyFiles = 64;

Nanoseconds from_ticks(std::uint64_t ticks) {
    const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return Nanoseconds(ticks * 1'000'000'000 / per_second);
}

// The process clock counts in nanoseconds, threads that ended included; /proc only in ticks.
std::optional<Nanoseconds> process_clock(pid_t pid) {
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
        return std::nullopt;
    }
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

std::optional<std::uint64_t> open_files(pid_t pid) {
    const std::string directory = fmt::format("/proc/{}/fd", pid);
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0 || ::access(directory.c_str(), R_OK) != 0) {
        return std::nullopt;
    }
    // Since Linux 6.2 the size of the folder is the number of its entries, the one that a blocked
    // accept() has reserved included: near enough for a crowd, where counting would take long.
    const auto told = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
    return told > kManyFiles ? told : numbered_entries(directory).size();
}

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& part) {
    if (sum && part) {
        *sum += *part;
    } else {
        sum.reset();  // a sum with a missing part is unknown
    }
}

void add_switches(TreeUsage& usage, const std::string& thread_status) {
    add(usage.voluntary_switches, status_number(thread_status, "voluntary_ctxt_switches"));
    add(usage.involuntary_switches, status_number(thread_status, "nonvoluntary_ctxt_switches"));
}

// The main thread's counts are in the process' own status, the others' one file each.
void add_switches_of_threads(TreeUsage& usage, pid_t pid, std::uint64_t threads, bool thorough) {
    if (threads > kManyThreads && !thorough) {
        usage.voluntary_switches.reset();
        usage.involuntary_switches.reset();
        return;
    }
    const std::string directory = fmt::format("/proc/{}/task", pid);
    for (const pid_t thread : numbered_entries(directory)) {
        const auto status = thread != pid
                                ? read_proc(fmt::format("{}/{}/status", directory, thread))
                                : std::nullopt;
        if (status) {
            add_switches(usage, *status);
        }
    }
}

// False when the process vanished while it was being read.
bool add_process(TreeUsage& usage, pid_t pid, bool with_pss) {
    const auto stat = read_stat(pid);
    const auto status = read_proc(fmt::format("/proc/{}/status", pid));
    if (!stat || !status) {
        return false;
    }
    const auto own = process_clock(pid).value_or(from_ticks(stat->user + stat->system));
    usage.cpu += own + from_ticks(stat->children_user + stat->children_system);
    if (stat->state == 'Z') {
        return true;  // it has ended; its time counts until its parent has taken it over
    }
    ++usage.processes;
    usage.stopped += stat->state == 'T' ? 1 : 0;
    usage.threads += stat->threads;
    add_memory(usage, *status);
    add(usage.open_files, open_files(pid));
    add_switches(usage, *status);
    if (stat->threads > 1) {
        add_switches_of_threads(usage, pid, stat->threads, with_pss);
    }
    if (with_pss) {
        const auto rollup = read_proc(fmt::format("/proc/{}/smaps_rollup", pid));
        const auto pss = rollup ? status_number(*rollup, "Pss") : std::nullopt;
        add(usage.pss_bytes, pss ? std::optional(*pss * 1024) : std::nullopt);
    }
    return true;
}

// False when the tree changed while it was being read.
bool add_tree(TreeUsage& usage, pid_t supervisor, bool with_pss) {
    // First who is there, then what the supervisor has inherited: whoever ends in between is then
    // missed below, and the tree is looked at again.
    const auto pids = descendants(supervisor);
    const auto inherited = read_stat(supervisor);
    if (!inherited) {
        return false;
    }
    usage.cpu += from_ticks(inherited->children_user + inherited->children_system);
    usage.rss_bytes = 0;
    usage.open_files = 0;
    usage.voluntary_switches = 0;
    usage.involuntary_switches = 0;
    usage.pss_bytes = with_pss ? std::optional<std::uint64_t>(0) : std::nullopt;
    bool whole = true;
    for (const pid_t pid : pids) {
        whole = add_process(usage, pid, with_pss) && whole;
    }
    return whole;
}

}  // namespace

void add_memory(TreeUsage& usage, const std::string& status) {
    const auto kilobytes = status_number(status, "VmRSS");
    add(usage.rss_bytes, kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt);
}

Result<TreeUsage> sample_tree(pid_t supervisor, bool with_pss) {
    TreeUsage usage;
    for (int look = 0; look < kLooks; ++look) {
        usage = {};
        if (add_tree(usage, supervisor, with_pss)) {
            break;
        }
    }
    if (usage.processes == 0) {
        return Error{ErrorCode::server, "no process of the server is left to sample"};
    }
    return usage;
}

}  // namespace benchhost::machine

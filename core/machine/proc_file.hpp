// Reading files below /proc and /sys, which another kernel may lack, and where anything may vanish
// between two calls.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::machine {

/// The whole file, or nothing when it is not there (any more) or may not be read.
std::optional<std::string> read_proc(const std::string& path);
/// Its first line without the line end, or nothing when it cannot be read or is empty.
std::optional<std::string> read_proc_line(const std::string& path);

/// Writes `value` in one call, as the kernel's files want it; the errno, or 0.
int write_proc(const std::string& path, const std::string& value);

/// The number in a "Name:   123 kB" line of a status file.
std::optional<std::uint64_t> status_number(std::string_view status, std::string_view name);

/// The names in a folder that are numbers: processes in /proc, threads, descriptors.
std::vector<pid_t> numbered_entries(const std::string& directory);

/// The fields of /proc/PID/stat that are used here. Times are in clock ticks.
struct ProcStat {
    char state = '?';
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    std::uint64_t children_user = 0;  ///< of children that ended and were waited for
    std::uint64_t children_system = 0;
    std::uint64_t threads = 0;
};
std::optional<ProcStat> read_stat(pid_t pid);

/// Whether a process or a thread runs, or waits for nothing but a processor.
bool is_runnable(pid_t id);

}  // namespace benchhost::machine

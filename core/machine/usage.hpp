// What a process tree has spent, from /proc.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace benchhost::machine {

/// Sums over the server's process tree at one moment; what /proc did not tell is absent.
struct TreeUsage {
    Nanoseconds cpu{};  ///< user + system since start, children that ended included
    std::optional<std::uint64_t> rss_bytes;
    std::optional<std::uint64_t> pss_bytes;
    std::uint64_t processes = 0;
    std::uint64_t stopped = 0;  ///< of them: by a signal (SIGSTOP)
    std::uint64_t threads = 0;
    /// Over the threads alive now. Absent without PSS when there are hundreds of threads: each
    /// costs a file read, and sampling must not disturb what it measures.
    std::optional<std::uint64_t> voluntary_switches;
    std::optional<std::uint64_t> involuntary_switches;
    std::optional<std::uint64_t> open_files;
};

/// Sums over everything below `supervisor`, which itself is left out except for what it has
/// inherited from children that ended. The error (code server) says that nothing is left to sample.
/// Processes that come and go meanwhile are met by looking again. Without PSS well below 1 ms for
/// two small processes.
Result<TreeUsage> sample_tree(pid_t supervisor, bool with_pss);

/// Pure. Adds the memory that /proc/PID/status tells; a process that tells none (its memory is gone
/// already) makes the sum unknown.
void add_memory(TreeUsage& usage, const std::string& status);

}  // namespace benchhost::machine

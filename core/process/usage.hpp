// What a process tree has spent, from /proc.
#pragma once

#include "core/process/server_process.hpp"

namespace benchhost::process {

/// Sums over everything below `supervisor`, which itself is left out except for what it has
/// inherited from children that ended. The error (code server) says that nothing is left to sample.
/// Processes that come and go meanwhile are met by looking again. Without PSS well below 1 ms for
/// two small processes.
Result<TreeUsage> sample_tree(pid_t supervisor, bool with_pss);

/// Pure. Adds the memory that /proc/PID/status tells; a process that tells none (its memory is gone
/// already) makes the sum unknown.
void add_memory(TreeUsage& usage, const std::string& status);

}  // namespace benchhost::process

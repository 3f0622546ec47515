// Waiting for a descriptor or a child within a deadline; and an exit status in words.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace benchhost::process {

/// Whether `descriptor` has something to read, an end of file included, before `deadline`.
bool wait_readable(int descriptor, std::chrono::steady_clock::time_point deadline);

/// For poll(): whole milliseconds until `deadline`, rounded up, never negative.
int poll_timeout(std::chrono::steady_clock::time_point deadline);

/// Reaps `child` when it ends before `deadline`; its wait status.
std::optional<int> wait_child(pid_t child, std::chrono::steady_clock::time_point deadline);

/// "exited with status 3", "killed by SIGSEGV (core dumped)".
std::string describe_exit(int wait_status);

/// "SIGSEGV"
std::string signal_name(int signal);

}  // namespace benchhost::process

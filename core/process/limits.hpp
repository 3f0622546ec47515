// The limits that a server process sets on itself before anything of a plugin is loaded.
#pragma once

#include "core/base/result.hpp"
#include "core/process/server_process.hpp"

#include <map>
#include <string>
#include <vector>

namespace benchhost::process {

/// Sets the processors and the descriptor limit of this process and tells what is in force after
/// it: "cpus" -> "0-1", "nofile" -> "20000". Memory and processes are a matter of control groups.
Result<std::map<std::string, std::string>> apply_limits(const ProcessLimits& limits);

/// "0-3,7"
std::string format_cpu_list(std::vector<unsigned> cpus);
/// The reverse, as the kernel writes it in /sys; what is no number is left out.
std::vector<unsigned> parse_cpu_list(const std::string& text);

/// The processors that this process may use.
std::vector<unsigned> allowed_cpus();

}  // namespace benchhost::process

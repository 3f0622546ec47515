// The limits that a server process sets on itself before anything of a plugin is loaded.
#pragma once

#include "core/base/result.hpp"
#include "core/process/server_process.hpp"

#include <map>
#include <string>

namespace benchhost::process {

/// Sets the processors and the descriptor limit of this process and tells what is in force after
/// it: "cpus" -> "0-1", "nofile" -> "20000". Memory and processes are a matter of control groups.
Result<std::map<std::string, std::string>> apply_limits(const model::ProcessLimits& limits);

}  // namespace benchhost::process

// A short-lived program run to its end within a limit, with what it printed.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/process/spawn.hpp"

#include <string>

namespace benchhost::process {

struct ProgramRun {
    int wait_status = 0;
    std::string output;  ///< stdout, at most a few MiB
    std::string errors;  ///< the end of stderr
    bool succeeded() const { return wait_status == 0; }
};

/// Runs `executable` in a session of its own; at the limit, and when it has printed too much, it is
/// asked to end, then its whole session is killed, and the error says so. What outlives the program
/// in its session is killed too.
Result<ProgramRun> run_program(const std::filesystem::path& executable,
                               const std::vector<std::string>& arguments, Nanoseconds limit);

}  // namespace benchhost::process

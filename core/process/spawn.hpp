// Starting one of our own executables with exactly the descriptors it is meant to have.
#pragma once

#include "core/base/result.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::process {

struct SpawnRequest {
    std::filesystem::path executable;
    std::vector<std::string> arguments;  ///< without argv[0]
    int output = -1;                     ///< becomes its stdout; -1: /dev/null
    int errors = -1;                     ///< becomes its stderr; -1: ours
    int channel = -1;                    ///< becomes its descriptor 3; -1: none
};

/// Starts it in a session of its own with default signals, stdin from /dev/null and no descriptor
/// but those named. Safe while other threads run. The caller reaps it.
Result<pid_t> spawn_process(const SpawnRequest& request);

/// The descriptor that SpawnRequest::channel becomes.
inline constexpr int kChannelDescriptor = 3;

}  // namespace benchhost::process

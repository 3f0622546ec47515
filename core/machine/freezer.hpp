// Control groups that are frozen: none of their members runs until they are thawed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace benchhost::machine {

/// The file that tells whether the control group of `process`, or one above it, is frozen. Nothing
/// where no hierarchy with such files can be seen.
std::optional<std::filesystem::path> freezer_of(pid_t process);

/// Pure. From the text of cgroup.events, or of freezer.state in version 1.
bool says_frozen(const std::string& text);

}  // namespace benchhost::machine

// Where benchhost's own files are: beside the executable, or where they were installed.
#pragma once

#include "core/base/result.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace benchhost::plugin {

struct Installation {
    /// What stands above bin/: /usr, or a build tree.
    std::filesystem::path prefix;
    std::filesystem::path serve_executable;
    /// In search order, only folders that exist: --plugin-dir, $BENCHHOST_PLUGIN_PATH, plugins/
    /// beside the executable, the installed libdir.
    std::vector<std::filesystem::path> plugin_directories;
};

/// The error (code environment) says which file is missing and where it was looked for; a
/// --plugin-dir that is no folder is of code usage.
Result<Installation> locate_installation(
    const std::vector<std::filesystem::path>& plugin_directories);

}  // namespace benchhost::plugin

#include "core/plugin/installation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <system_error>

namespace benchhost::plugin {
namespace {

namespace fs = std::filesystem;

void add_directory(std::vector<fs::path>& directories, const fs::path& directory) {
    std::error_code error;
    const auto canonical = fs::canonical(directory, error);
    if (!error && fs::is_directory(canonical, error) &&
        std::find(directories.begin(), directories.end(), canonical) == directories.end()) {
        directories.push_back(canonical);
    }
}

}  // namespace

Result<Installation> locate_installation(const std::vector<fs::path>& plugin_directories) {
    std::error_code error;
    const auto executable = fs::read_symlink("/proc/self/exe", error);
    if (error) {
        return system_error(ErrorCode::environment,
                            "cannot find our own executable (/proc/self/exe)", error.value());
    }
    Installation found;
    found.prefix = executable.parent_path().parent_path();
    found.serve_executable = executable.parent_path() / "benchhost-serve";
    if (!fs::exists(found.serve_executable, error)) {
        return Error{ErrorCode::environment,
                     fmt::format("{} is missing: build or install benchhost completely",
                                 found.serve_executable.string())};
    }
    for (const auto& directory : plugin_directories) {
        if (!fs::is_directory(directory, error)) {
            return Error{ErrorCode::usage,
                         fmt::format("--plugin-dir {}: no such folder", directory.string())};
        }
        add_directory(found.plugin_directories, directory);
    }
    if (const char* path = std::getenv("BENCHHOST_PLUGIN_PATH"); path != nullptr) {
        std::istringstream entries(path);
        for (std::string entry; std::getline(entries, entry, ':');) {
            if (!entry.empty()) {
                add_directory(found.plugin_directories, entry);
            }
        }
    }
    add_directory(found.plugin_directories, executable.parent_path() / "plugins");
    add_directory(found.plugin_directories, executable.parent_path().parent_path() /
                                                BENCHHOST_LIBDIR / "benchhost" / "plugins");
    return found;
}

}  // namespace benchhost::plugin

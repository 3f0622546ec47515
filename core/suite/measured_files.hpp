// The files that decide what a suite measures, besides its config and its plugins.
#pragma once

#include "core/plugin/catalog.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace benchhost::suite {

/// SHA-256 by absolute path: of benchhost-serve, of what stands in the folder of a plugin (x/
/// beside x.so: its apps, but no environments that are installed there), and of each file that an
/// option of a server names: its program, found as a shell does, and its arguments. `directory` is
/// where relative ones begin, {cwd}. What cannot be read is not among them.
std::map<std::string, std::string> measured_files(
    const std::vector<plugin::ServerUnderTest>& servers,
    const std::filesystem::path& serve_executable, const std::filesystem::path& directory);

}  // namespace benchhost::suite

// Reading /proc and /sys: small files that may be missing on another kernel.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace benchhost::suite {

/// The whole file, or nothing when it cannot be read.
std::optional<std::string> read_system_file(const std::filesystem::path& path);

/// Its first line without the line end, or nothing when it cannot be read or is empty.
std::optional<std::string> read_system_line(const std::filesystem::path& path);

}  // namespace benchhost::suite

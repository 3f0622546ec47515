// Whole files, read with a bound and written so that no half of one is ever seen.
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace benchhost {

/// The content of a file (or a pipe). Reads no more than `most` bytes into memory: a larger one is
/// an error of code data, everything else that fails of code environment.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t most);

/// Whole or not at all: written beside, flushed to the disk, renamed, the folder flushed. What
/// fails is of code environment and leaves an existing file as it was, and nothing beside it.
Status replace_file(const std::filesystem::path& path, std::string_view content);

}  // namespace benchhost

// Which file it was: what tells one build of a plugin or of benchhost from another.
#pragma once

#include "core/base/result.hpp"

#include <filesystem>
#include <string>

namespace benchhost::machine {

/// In hexadecimal. The error (code usage) says that the file cannot be read.
Result<std::string> sha256_of(const std::filesystem::path& path);
std::string sha256_of_text(const std::string& text);

}  // namespace benchhost::machine

// Whether a file can be loaded at all, asked before the dynamic loader is let near it.
#pragma once

#include "core/base/result.hpp"

#include <filesystem>

namespace benchhost::host {

/// The error (code server) says that it is no shared library, one for another kind of machine, or
/// truncated: the loader maps a short file all the same and then dies of SIGBUS.
Status check_elf_file(const std::filesystem::path& path);

}  // namespace benchhost::host

// Becoming the program that a plugin names.
#pragma once

#include "core/base/result.hpp"
#include "core/host/server_instance.hpp"

#include <string>

namespace benchhost {

/// Replaces this process, without a shell: argv[0] is looked up in PATH, default signals, our
/// environment and the program's, no descriptor but the first three. Returns only the error.
Error execute(const host::Program& program, const std::string& directory);

/// A port of `address` that nobody listened on a moment ago.
Result<std::uint16_t> pick_free_port(const std::string& address);

}  // namespace benchhost

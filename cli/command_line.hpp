// What holds for every flag of every command.
#pragma once

#include <CLI/CLI.hpp>

namespace benchhost::cli {

/// After all commands were added. A value that is empty is an error wherever it stands: it is what
/// a script gives whose variable is not set, and never what is meant.
void parse_command_line(CLI::App& app, int argc, char** argv);

}  // namespace benchhost::cli

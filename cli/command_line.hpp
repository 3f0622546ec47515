// What holds for every flag of every command.
#pragma once

#include <CLI/CLI.hpp>

namespace benchhost::cli {

/// After all commands were added. A value that is empty is an error wherever it stands: it is what a
/// script gives whose variable is not set, and never what is meant.
void parse_command_line(CLI::App& app, int argc, char** argv);

/// Prints what was asked for, such as help, or what is wrong. The exit code.
int report_parse_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace benchhost::cli

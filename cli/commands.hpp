// The commands of benchhost, one file each. Each adds itself to the application and, when chosen,
// leaves what it has to do in `action`.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace benchhost::cli {

/// Returns the exit code. Set by the chosen command while the command line is parsed.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& action);  ///< also `benchhost --config FILE`
void add_list(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_load(CLI::App& app, Action& action);
void add_doctor(CLI::App& app, Action& action);
void add_compare(CLI::App& app, Action& action);
void add_selftest(CLI::App& app, Action& action);
void add_new(CLI::App& app, Action& action);

}  // namespace benchhost::cli

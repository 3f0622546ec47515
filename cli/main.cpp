// benchhost: parses the command line and runs one command.
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/standard_output.hpp"
#include "core/base/clean_start.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <new>
#include <system_error>

namespace {

using namespace benchhost::cli;

int run_command_line(int argc, char** argv) {
    CLI::App app{"Measures HTTP servers, loaded as plugins, and writes the comparison tables."};
    app.name("benchhost");
    app.set_version_flag("--version", "benchhost " BENCHHOST_VERSION);
    app.require_subcommand(0, 1);
    app.footer("benchhost --config FILE is the same as benchhost run --config FILE.");
    Action action;
    add_run(app, action);
    add_list(app, action);
    add_check(app, action);
    add_load(app, action);
    add_report(app, action);
    add_compare(app, action);
    add_doctor(app, action);
    add_selftest(app, action);
    add_new(app, action);
    try {
        parse_command_line(app, argc, argv);
    } catch (const CLI::ParseError& error) {
        return finish_parsing(app, error);
    }
    if (!action) {
        tell("benchhost: nothing to do; benchhost --help shows the commands\n");
        return kUsage;
    }
    return action();
}

}  // namespace

int main(int argc, char** argv) {
    benchhost::clean_start();
    benchhost::ignore_signals_of_writes();
    try {
        return finish_output(run_command_line(argc, argv));
    } catch (const std::bad_alloc&) {
        tell("benchhost: there is not enough memory; ulimit -v or a control group may bound it\n");
        return kSomethingFailed;
    } catch (const std::system_error& error) {
        // No thread can be started, the current folder is gone: the machine's affair, no bug.
        tell("benchhost: the system refused what is needed: {}\n", error.what());
        return kSomethingFailed;
    } catch (const std::exception& error) {
        tell("benchhost: internal error: {}\n", error.what());
        return kInternal;
    }
}

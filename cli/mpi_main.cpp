// benchhost-mpi: the command run of benchhost on several hosts, started by mpirun.
#include "cli/cluster_run.hpp"
#include "cli/command_line.hpp"
#include "cli/exit_code.hpp"
#include "cli/standard_output.hpp"
#include "core/base/clean_start.hpp"

#include <CLI/CLI.hpp>
#include <boost/mpi/environment.hpp>
#include <fmt/format.h>
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <exception>

namespace benchhost::cli {
namespace {

ClusterOutcome run_command_line(int argc, char** argv, const boost::mpi::communicator& world) {
    const bool speaks = world.rank() == 0;
    CLI::App app{"Measures HTTP servers under load from several hosts; started by mpirun."};
    app.name("benchhost-mpi");
    app.set_version_flag("--version", "benchhost-mpi " BENCHHOST_VERSION);
    app.require_subcommand(0, 1);
    app.footer(
        "mpirun --host server,load1,load2 benchhost-mpi --config FILE\n"
        "The flags are those of benchhost run; docs/cluster.md tells the rest.");
    ClusterOutcome outcome;
    std::function<int()> action;
    add_run_flags(app, action, [&](const RunOptions& options) {
        outcome = run_cluster(options, world);
        return outcome.exit_code;
    });
    try {
        parse_command_line(app, argc, argv);
    } catch (const CLI::ParseError& error) {
        if (!speaks) {
            return {};
        }
        return {finish_parsing(app, error), false};
    }
    if (action) {
        action();
    } else if (speaks) {
        tell("benchhost-mpi: nothing to do; benchhost-mpi --help shows the flags\n");
        outcome.exit_code = kUsage;
    }
    return outcome;
}

}  // namespace
}  // namespace benchhost::cli

int main(int argc, char** argv) {
    using namespace benchhost::cli;
    benchhost::clean_start();
    benchhost::ignore_signals_of_writes();
    // Without mpirun's daemon on this host nobody would end us.
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    boost::mpi::environment environment(argc, argv, boost::mpi::threading::funneled, false);
    try {
        const auto outcome = run_command_line(argc, argv, boost::mpi::communicator());
        if (outcome.rank_lost) {
            std::fflush(nullptr);
            boost::mpi::environment::abort(outcome.exit_code);
        }
        return finish_output(outcome.exit_code);
    } catch (const std::exception& error) {
        tell("benchhost-mpi: internal error: {}\n", error.what());
        std::fflush(nullptr);
        boost::mpi::environment::abort(kInternal);
        return kInternal;
    }
}

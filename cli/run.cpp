// benchhost run: measures a suite on this machine, writes its results and prints the table.
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_options.hpp"
#include "cli/standard_output.hpp"
#include "cli/suite_run.hpp"
#include "core/machine/environment.hpp"
#include "core/machine/health.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace benchhost::cli {
namespace {

void note_cluster(const config::ClusterSpec& cluster) {
    if (cluster.server_host || cluster.interface) {
        tell(
            "benchhost: [cluster] is for benchhost-mpi; here everything runs on this "
            "machine\n");
    }
}

int run(RunOptions asked) {
    const auto options = with_resumed_request(std::move(asked));
    if (!options) {
        return report_error(options.error());
    }
    const auto installation = plugin::locate_installation(options->request.plugin_directories);
    if (!installation) {
        return report_error(installation.error());
    }
    const auto suite = suite::prepare_suite(options->request, *installation, print_notice);
    if (!suite) {
        return report_error(suite.error());
    }
    note_cluster(suite->config.cluster);
    if (options->dry_run) {
        print_plan(*suite);
        return kDone;
    }
    auto generator = trial::local_generator(suite->cpus);
    return measure_suite(*options, *suite, generator, machine::describe_machine());
}

}  // namespace

void add_run(CLI::App& app, Action& action) { add_run_flags(app, action, run); }

}  // namespace benchhost::cli

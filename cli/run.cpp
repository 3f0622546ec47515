// benchhost run: measures a suite, writes its results and prints the table.
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress_line.hpp"
#include "core/suite/clock.hpp"
#include "core/suite/journal.hpp"
#include "core/suite/machine.hpp"
#include "core/suite/suite_runner.hpp"
#include "report/console.hpp"
#include "report/exports/exports.hpp"
#include "report/markdown.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
    suite::SuiteRequest request;
    std::vector<fs::path> plugin_directories;
    fs::path out;
    fs::path resume;
    bool dry_run = false;
    bool no_progress = false;
};

void print_plan(const suite::PreparedSuite& suite) {
    fmt::print("{} trials:\n", suite.plan.size());
    for (const auto& trial : suite.plan) {
        fmt::print("  {} {} round {}\n", trial.server, trial.profile, trial.round);
    }
}

Result<suite::Journal> open_journal(const RunOptions& options, const suite::PreparedSuite& suite,
                                    const std::map<std::string, std::string>& machine) {
    if (!options.resume.empty()) {
        return suite::Journal::reopen(options.resume, suite, machine);
    }
    const auto directory =
        !options.out.empty()
            ? options.out
            : fs::path("results") / fmt::format("{}-{}", suite.config.name, suite::utc_stamp());
    return suite::Journal::create(directory, suite, machine);
}

Status write_outputs(const fs::path& directory, const plan::SuiteConfig& config,
                     const results::ResultSet& results) {
    if (auto written = results::write_file(directory / "results.json", results::to_json(results));
        !written) {
        return written;
    }
    for (const auto& profile : config.profiles) {
        if (!profile.csv) {
            continue;
        }
        if (auto written = results::write_file(directory / *profile.csv,
                                               report::exports::series_csv(results, profile.name));
            !written) {
            return written;
        }
    }
    return results::write_file(directory / "report.md", report::markdown(results));
}

int exit_code_of(const results::ResultSet& results, bool interrupted) {
    if (interrupted) {
        return kInterrupted;
    }
    for (const auto& trial : results.trials) {
        if (trial.outcome == results::Outcome::failed && !trial.superseded) {
            return kSomethingFailed;
        }
    }
    return kDone;
}

int measure(const RunOptions& options, const suite::PreparedSuite& suite) {
    const auto machine = suite::describe_machine();
    auto journal = open_journal(options, suite, machine);
    if (!journal) {
        return report_error(journal.error());
    }
    const auto& interrupted = watch_for_interrupt();
    ProgressLine progress(::isatty(STDERR_FILENO) == 1 && !options.no_progress,
                          options.no_progress);
    const auto results = suite::run_suite(suite, *journal, machine, progress, interrupted);
    if (!results) {
        fmt::print(stderr, "benchhost: what was measured is kept; go on with --resume {}\n",
                   journal->directory().string());
        return report_error(results.error());
    }
    fmt::print("{}", report::console(*results));
    std::fflush(stdout);
    if (auto written = write_outputs(journal->directory(), suite.config, *results); !written) {
        return report_error(written.error());
    }
    fmt::print(stderr, "results: {}\n", journal->directory().string());
    if (interrupted) {
        fmt::print(stderr, "interrupted; go on with: benchhost run --resume {}\n",
                   journal->directory().string());
    }
    return exit_code_of(*results, interrupted);
}

int run(RunOptions options) {
    if (!options.resume.empty()) {
        auto request = suite::Journal::read_request(options.resume);
        if (!request) {
            return report_error(request.error());
        }
        options.request = std::move(*request);
    }
    const auto installation = suite::locate_installation(options.plugin_directories);
    if (!installation) {
        return report_error(installation.error());
    }
    const auto suite = suite::prepare_suite(options.request, *installation);
    if (!suite) {
        return report_error(suite.error());
    }
    if (options.dry_run) {
        print_plan(*suite);
        return kDone;
    }
    return measure(options, *suite);
}

void add_options(CLI::App& command, const std::shared_ptr<RunOptions>& options) {
    auto& request = options->request;
    auto* config = command.add_option("--config", request.config, "The suite's INI file");
    auto* resume =
        command.add_option("--resume", options->resume, "Go on with an interrupted run's folder");
    resume->excludes(config);
    command
        .add_option("--out", options->out,
                    "Folder for the results (default results/<suite>-<time>)")
        ->excludes(resume);
    command.add_option("--servers", request.servers, "Ids and globs; !id leaves one out")
        ->delimiter(',')
        ->excludes(resume);
    command.add_option("--profiles", request.profiles, "Names and globs of the config's profiles")
        ->delimiter(',')
        ->excludes(resume);
    command.add_option("--repeats", request.repeats, "Rounds, instead of the config's")
        ->check(CLI::Range(1, 1000))
        ->excludes(resume);
    command.add_option("--seed", request.seed, "Seed of the order and of the load")
        ->excludes(resume);
    command.add_option("--set", request.overrides, "SECTION.KEY=VALUE over the config's value")
        ->excludes(resume);
    command.add_flag("--quick", request.quick, "One short round, for a look")->excludes(resume);
    command.add_option("--plugin-dir", options->plugin_directories,
                       "A folder with plugins, besides the usual ones");
    command.add_flag("--dry-run", options->dry_run, "Print the trials and measure nothing");
    command.add_flag("--no-progress", options->no_progress, "Print no progress");
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
    auto options = std::make_shared<RunOptions>();
    auto* command = app.add_subcommand("run", "Measure a suite and write its tables");
    add_options(*command, options);
    command->final_callback([command, &action, options] {
        if (command->count("--config") == 0 && command->count("--resume") == 0) {
            throw CLI::RequiredError("run: --config FILE or --resume DIR");
        }
        action = [options] { return run(*options); };
    });
    auto bare = std::make_shared<RunOptions>();
    add_options(app, bare);
    app.final_callback([&app, &action, bare] {
        if (app.count("--config") > 0 || app.count("--resume") > 0) {
            if (action) {
                throw CLI::ExcludesError("--config before a command", "the command");
            }
            action = [bare] { return run(*bare); };
        }
    });
}

}  // namespace benchhost::cli

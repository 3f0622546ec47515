#include "cli/run_options.hpp"

#include "cli/whole_number.hpp"

namespace benchhost::cli {
namespace {

void add_run_options(CLI::App& command, const std::shared_ptr<RunOptions>& options) {
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
        ->transform(whole_number(1, config::kMostRounds))
        ->excludes(resume);
    command.add_option("--seed", request.seed, "Seed of the order and of the load")
        ->transform(whole_number(0, config::kMostSeed))
        ->excludes(resume);
    command.add_option("--set", request.overrides, "SECTION.KEY=VALUE over the config's value")
        ->excludes(resume);
    command.add_flag("--quick", request.quick, "One short round, for a look")->excludes(resume);
    command.add_option("--plugin-dir", request.plugin_directories,
                       "A folder with plugins, besides the usual ones");
    command.add_flag("--dry-run", options->dry_run, "Print the trials and measure nothing");
    command.add_flag("--no-progress", options->no_progress, "Print no progress");
}

}  // namespace

void add_run_flags(CLI::App& app, std::function<int()>& action,
                   const std::function<int(RunOptions)>& run) {
    auto options = std::make_shared<RunOptions>();
    auto* command = app.add_subcommand("run", "Measure a suite and write its tables");
    add_run_options(*command, options);
    command->final_callback([command, &action, options, run] {
        if (command->count("--config") == 0 && command->count("--resume") == 0) {
            throw CLI::RequiredError("run: --config FILE or --resume DIR");
        }
        action = [options, run] { return run(*options); };
    });
    auto bare = std::make_shared<RunOptions>();
    add_run_options(app, bare);
    app.final_callback([&app, &action, bare, run] {
        if (app.count("--config") > 0 || app.count("--resume") > 0) {
            if (action) {
                throw CLI::ExcludesError("--config before a command", "the command");
            }
            action = [bare, run] { return run(*bare); };
        }
    });
}

}  // namespace benchhost::cli

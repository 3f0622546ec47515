#include "cli/suite_run.hpp"

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress_line.hpp"
#include "cli/standard_output.hpp"
#include "core/base/file.hpp"
#include "core/base/printable.hpp"
#include "core/base/units.hpp"
#include "core/results/fail_conditions.hpp"
#include "core/suite/journal.hpp"
#include "core/suite/suite_runner.hpp"
#include "core/trial/clock.hpp"
#include "report/formats/console.hpp"
#include "report/formats/formats.hpp"
#include "report/formats/markdown.hpp"
#include "report/table/faults.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;

Result<suite::Journal> open_journal(const RunOptions& options, const suite::PreparedSuite& suite,
                                    const std::map<std::string, std::string>& machine) {
    if (!options.resume.empty()) {
        return suite::Journal::reopen(options.resume, suite, machine);
    }
    if (!options.out.empty()) {
        return suite::Journal::create(options.out, suite, machine);
    }
    const auto made = make_stamped_folder(suite.config.name);
    return made ? suite::Journal::create(*made, suite, machine) : made.error();
}

/// Relative paths of the config, of options and of what they run begin where the suite was begun.
Status go_to(const fs::path& directory) {
    if (directory.empty()) {
        return {};  // a journal of before did not keep it
    }
    std::error_code error;
    fs::current_path(directory, error);
    if (error) {
        return system_error(ErrorCode::usage,
                            "the suite was begun in a folder that cannot be entered any more: " +
                                directory.string(),
                            error.value());
    }
    ::setenv("PWD", directory.c_str(), 1);
    return {};
}

/// Everything that can be written is; the error names what could not.
Status write_outputs(const fs::path& directory, const config::SuiteConfig& config,
                     const results::ResultSet& results) {
    std::string problems;
    const auto write = [&](const fs::path& path, const std::string& content) {
        if (auto written = results::write_file(path, content); !written) {
            problems += (problems.empty() ? "" : "; ") + written.error().message;
        }
    };
    const auto json = results::to_json(results);
    write(directory / "results.json", json);
    if (json.size() > results::kMostBytes) {
        problems += fmt::format(
            "{}{} is larger than {}, the most that is read again: measure such a suite in parts, "
            "by --servers or --profiles",
            problems.empty() ? "" : "; ", (directory / "results.json").string(),
            format_bytes(results::kMostBytes));
    }
    write(directory / "report.md", report::markdown(results));
    for (const auto& profile : config.profiles) {
        if (profile.csv) {
            write(directory / *profile.csv, report::series_csv(results, profile.name));
        }
    }
    return problems.empty() ? Status{} : Error{ErrorCode::environment, problems};
}

/// The trials of each row that were measured, by server and profile.
std::map<std::pair<std::string, std::string>, std::vector<const results::Trial*>> measured_rows(
    const results::ResultSet& results) {
    std::map<std::pair<std::string, std::string>, std::vector<const results::Trial*>> rows;
    for (const auto& trial : results.trials) {
        if (trial.outcome == model::Outcome::ok && !trial.superseded) {
            rows[{trial.server, trial.profile}].push_back(&trial);
        }
    }
    return rows;
}

/// Tells each row that the config calls a failure; whether there was one.
bool is_any_met(const results::ResultSet& results,
                const std::vector<model::FailCondition>& conditions) {
    const auto profiles = results::by_name(results.profiles, &results::ProfileInfo::name);
    bool any = false;
    for (const auto& [row, trials] : measured_rows(results)) {
        const auto& timeout = profiles.at(row.second)->timeout;
        for (const auto& condition : conditions) {
            if (const auto met = results::met_by(condition, trials, timeout)) {
                tell("benchhost: {} under {}: failed: {}\n", printable(row.first),
                     printable(row.second), *met);
                any = true;
            }
        }
    }
    return any;
}

int exit_code_of(const results::ResultSet& results, const config::SuiteConfig& config,
                 bool interrupted) {
    if (interrupted) {
        return kInterrupted;
    }
    const bool met = is_any_met(results, config.gate.fail_if);
    const auto faults = report::faults_of(results);
    for (const auto& fault : faults) {
        tell("benchhost: {} under {}: {}\n", printable(fault.server), printable(fault.profile),
             printable(fault.text));
    }
    return faults.empty() && !met ? kDone : kSomethingFailed;
}

}  // namespace

Result<fs::path> make_stamped_folder(const std::string& name) {
    auto made =
        make_new_folder(fs::path("results") / fmt::format("{}-{}", name, trial::utc_stamp()));
    // Whatever the machine says of it: the user may name another place.
    return made ? made
                : Error{ErrorCode::usage, made.error().message + "; choose another by --out"};
}

Result<RunOptions> with_resumed_request(RunOptions options) {
    if (!options.resume.empty()) {
        auto request = suite::Journal::read_request(options.resume);
        if (!request) {
            return request.error();
        }
        if (!options.request.plugin_directories.empty()) {
            request->plugin_directories.clear();
            for (const auto& directory : options.request.plugin_directories) {
                request->plugin_directories.push_back(fs::absolute(directory));
            }
        }
        options.resume = fs::absolute(options.resume);
        if (auto there = go_to(request->directory); !there) {
            return there.error();
        }
        options.request = std::move(*request);
    }
    return options;
}

void print_warnings(const suite::Journal& journal) {
    for (const auto& warning : journal.warnings()) {
        tell("benchhost: warning: {}\n", warning);
    }
}

void print_warnings(const suite::PreparedSuite& suite) {
    for (const auto& warning : suite.warnings) {
        tell("benchhost: warning: {}\n", warning);
    }
    for (const auto& server : suite.servers) {
        if (server.unusable) {
            tell("benchhost: warning: {} will be skipped: {}\n", server.id, *server.unusable);
        }
    }
}

void print_plan(const suite::PreparedSuite& suite) {
    print_warnings(suite);
    print("{} trials:\n", suite.plan.size());
    for (const auto& trial : suite.plan) {
        print("  {} {} round {}\n", trial.server, trial.profile, trial.round);
    }
}

int measure_suite(const RunOptions& options, const suite::PreparedSuite& suite,
                  trial::LoadGenerator& generator,
                  const std::map<std::string, std::string>& machine) {
    auto journal = open_journal(options, suite, machine);
    if (!journal) {
        return report_error(journal.error());
    }
    print_warnings(*journal);
    const auto& interrupted = watch_for_interrupt();
    ProgressLine progress(::isatty(STDERR_FILENO) == 1 && !options.no_progress,
                          options.no_progress);
    const auto results =
        suite::run_suite(suite, *journal, machine, {generator, progress, interrupted});
    if (!results) {
        tell("benchhost: what was measured is kept; go on with --resume {}\n",
             journal->directory().string());
        return report_error(results.error());
    }
    print_document(report::console(*results));
    std::fflush(stdout);
    const auto written = write_outputs(journal->directory(), suite.config, *results);
    tell("results: {}\n", journal->directory().string());
    if (!written) {
        return report_error(written.error());
    }
    const auto lost = generator.lost();
    if (interrupted || lost) {
        tell("{}; go on with --resume {}\n", lost.value_or("interrupted"),
             journal->directory().string());
    }
    return lost ? kSomethingFailed : exit_code_of(*results, suite.config, interrupted);
}

}  // namespace benchhost::cli

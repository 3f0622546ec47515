// benchhost load: an ad hoc load on a server that is already running.
#include "core/load/load.hpp"

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/load_options.hpp"
#include "cli/load_text.hpp"
#include "cli/progress_line.hpp"
#include "cli/standard_output.hpp"
#include "core/base/printable.hpp"
#include "core/config/window_check.hpp"
#include "core/http/probe.hpp"
#include "core/results/fail_conditions.hpp"
#include "core/results/losses.hpp"
#include "core/results/results.hpp"
#include "core/trial/clock.hpp"
#include "core/trial/measurement.hpp"
#include "core/trial/probe_requests.hpp"
#include "core/trial/verdict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::cli {
namespace {

/// For a name with several addresses.
std::string which_address(const http::FoundServer& found) {
    const auto answered =
        fmt::format("of the name's addresses {} was loaded", found.target.address);
    return found.silent.empty()
               ? answered
               : fmt::format("{}; no answer from {}", answered, fmt::join(found.silent, "; "));
}

class LoadProgress : public load::ProgressObserver {
  public:
    explicit LoadProgress(ProgressLine& line) : line_(line) {}
    void on_progress(const load::Progress& progress) override { line_.on_progress(progress); }

  private:
    ProgressLine& line_;
};

/// Tells each condition that is met.
bool is_any_met(const std::vector<model::FailCondition>& conditions, const results::Trial& trial,
                Nanoseconds timeout) {
    bool any = false;
    for (const auto& condition : conditions) {
        if (const auto met = results::met_by(condition, {&trial}, timeout)) {
            tell("benchhost: failed: {}\n", *met);
            any = true;
        }
    }
    return any;
}

int load(const LoadOptions& options) {
    auto spec = spec_of(options);
    if (!spec) {
        return report_error(spec.error());
    }
    const auto conditions = fail_conditions_of(options);
    if (!conditions) {
        return report_error(conditions.error());
    }
    const auto targets = http::resolve_url(options.urls.front());
    if (!targets) {
        return report_error(targets.error());
    }
    const auto found = http::find_server(*targets, spec->timeout);
    if (!found) {
        tell("benchhost: {}: {} ({})\n", printable(options.urls.front()),
             model::to_string(found.error().failure), found.error().seen);
        return kSomethingFailed;
    }
    spec->target = found->target;
    if (!options.request_file.empty()) {
        spec->requests = trial::below(spec->target.path, std::move(spec->requests));
    }
    if (const auto why = config::why_too_short(spec->duration, spec->timeout)) {
        tell("benchhost: warning: {}\n", *why);
    }
    const auto& interrupted = watch_for_interrupt();
    ProgressLine line(::isatty(STDERR_FILENO) == 1 && !options.no_progress, true);
    LoadProgress progress(line);
    results::Trial trial;
    trial.started_at = trial::utc_now();
    const auto report = load::run_load(*spec, interrupted, &progress);
    line.finish();
    if (!report) {
        return report_error(report.error());
    }
    trial.outcome =
        report->ended.ok > 0 || report->books.ok > 0 ? model::Outcome::ok : model::Outcome::failed;
    if (report->gave_up) {
        trial.outcome = model::Outcome::failed;
        trial.reason = report->gave_up;
    }
    trial::fill_measurement(trial, *report);
    if (targets->size() > 1) {
        trial.notes.push_back(which_address(*found));
    }
    const auto verdict = trial::judge({*report, spec->model, std::nullopt});
    trial.verdict = verdict.verdict;
    trial.verdict_why = verdict.why;
    if (report->interrupted) {
        trial.notes.emplace_back("interrupted: the window is shorter than asked for");
    }
    if (options.json) {
        print_document(results::to_json(trial) + "\n");
    } else {
        print_trial(trial, spec->timeout);
    }
    if (interrupted) {
        return kInterrupted;
    }
    const bool met = is_any_met(*conditions, trial, spec->timeout);
    const bool failed = met || trial.outcome != model::Outcome::ok ||
                        trial.verdict == model::Verdict::invalid || report->books.failed > 0 ||
                        report->ended.failed > 0 || results::lost_too_much(trial);
    return failed ? kSomethingFailed : kDone;
}

}  // namespace

void add_load(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("load", "Load a server that is already running");
    auto options = std::make_shared<LoadOptions>();
    add_load_flags(*command, *options);
    command->callback([&action, options] { action = [options] { return load(*options); }; });
}

}  // namespace benchhost::cli

#include "cli/paired_run.hpp"

#include "cli/progress_line.hpp"
#include "cli/standard_output.hpp"
#include "cli/suite_run.hpp"
#include "core/machine/environment.hpp"
#include "core/machine/health.hpp"
#include "core/suite/journal.hpp"
#include "core/suite/suite_runner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;
using compare::Comparison;

std::size_t tested_cells(const suite::PairedSuite& paired, const compare::Gate& gate) {
    constexpr std::size_t kArms = 3;
    return paired.members.size() / kArms * paired.suite.config.profiles.size() * gate.tested();
}

Nanoseconds loaded_time(const suite::PairedSuite& paired) {
    Nanoseconds of_one{};
    for (const auto& profile : paired.suite.config.profiles) {
        of_one += profile.warmup + profile.duration;
    }
    const auto trials = paired.suite.plan.size() / paired.suite.config.profiles.size();
    return of_one * static_cast<Nanoseconds::rep>(trials);
}

Status announce(const suite::PairedSuite& paired, const suite::PairedRequest& request,
                const PairedRun& run) {
    for (const auto& profile : paired.suite.config.profiles) {
        if (std::holds_alternative<model::LimitSearch>(profile.load)) {
            return Error{ErrorCode::usage,
                         fmt::format("{}: load = limit cannot be compared block by block; leave "
                                     "the profile out by --profiles",
                                     config::to_string(profile.where))};
        }
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(loaded_time(paired)).count();
    tell("{} blocks of base, head and base again: {} trials, {} s under load\n", request.blocks,
         paired.suite.plan.size(), seconds);
    const auto warning = compare::design_warning({true, request.blocks},
                                                 tested_cells(paired, run.gate), run.gate.alpha);
    if (!warning.empty()) {
        tell("benchhost: warning: {}\n", warning);
    }
    return {};
}

/// One stage: measures all blocks into `directory` (when empty: a new one, which it is set to) and
/// judges them.
Result<Comparison> measure(const suite::PairedRequest& request, const PairedRun& run,
                           fs::path& directory, const std::atomic<bool>& interrupted) {
    const auto installation = plugin::locate_installation({});
    if (!installation) {
        return installation.error();
    }
    const auto paired = suite::prepare_paired(request, *installation);
    if (!paired) {
        return paired.error();
    }
    if (auto announced = announce(*paired, request, run); !announced) {
        return announced.error();
    }
    if (directory.empty()) {
        auto made = make_stamped_folder("compare");
        if (!made) {
            return made.error();
        }
        directory = std::move(*made);
    }
    const auto machine = machine::describe_machine();
    auto journal = suite::Journal::create(directory, paired->suite, machine);
    if (!journal) {
        return journal.error();
    }
    print_warnings(*journal);
    ProgressLine progress(::isatty(STDERR_FILENO) == 1 && !run.no_progress, run.no_progress);
    auto generator = trial::local_generator(paired->suite.cpus);
    const auto results =
        suite::run_suite(paired->suite, *journal, machine, {generator, progress, interrupted});
    if (!results) {
        return results.error();
    }
    progress.finish();
    if (auto written = results::write_file(directory / "results.json", results::to_json(*results));
        !written) {
        return written.error();
    }
    if (interrupted) {
        return Error{
            ErrorCode::interrupted,
            fmt::format("interrupted after {} of {} trials, too early for a verdict; what "
                        "was measured is in {}",
                        results->trials.size(), paired->suite.plan.size(), directory.string())};
    }
    auto comparison = compare::compare_blocks(paired->base_name, paired->head_name,
                                              suite::arm_trials(*paired, *results), run.gate,
                                              paired->only_in_base);
    comparison.warnings.insert(comparison.warnings.begin(), paired->warnings.begin(),
                               paired->warnings.end());
    return comparison;
}

}  // namespace

Result<Comparison> run_paired(PairedRun& run, const std::atomic<bool>& interrupted) {
    auto first = measure(run.request, run, run.out, interrupted);
    if (!first || !run.confirm) {
        return first;
    }
    auto again = run.request;
    again.suite.profiles = compare::profiles_to_confirm(*first);
    if (again.suite.profiles.empty()) {
        return first;
    }
    tell("it may be a regression: measuring again with twice the blocks\n");
    again.blocks *= 2;
    auto confirm = run.out / "confirm";
    const auto second = measure(again, run, confirm, interrupted);
    if (!second) {
        return second.error();
    }
    return compare::confirmed(*first, *second);
}

}  // namespace benchhost::cli

// benchhost compare: is the head slower than the base? Two stored results, or two plugins measured
// in turn.
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/paired_run.hpp"
#include "cli/standard_output.hpp"
#include "cli/whole_number.hpp"
#include "core/config/config.hpp"
#include "core/results/results.hpp"
#include "report/compare/comparison.hpp"
#include "report/compare/gate.hpp"
#include "report/compare/render.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;

struct CompareOptions {
    fs::path base;  ///< stored results
    fs::path head;
    PairedRun run;
    std::optional<std::uint32_t> blocks;
    std::string tolerance;
    std::string format = "md";
    bool force = false;
    bool inconclusive_passes = false;

    bool is_live() const { return !run.request.base_plugin.empty(); }
};

/// For a step of a GitHub workflow: the verdict on its summary page, and its annotations.
void tell_github(const compare::Comparison& comparison) {
    const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
    if (summary == nullptr || *summary == '\0') {
        return;
    }
    std::ofstream file(summary, std::ios::app);
    file << compare::comparison_markdown(comparison);
    if (!file.flush()) {
        tell("benchhost: warning: cannot write {} ($GITHUB_STEP_SUMMARY)\n", summary);
    }
    tell("{}", compare::github_annotations(comparison));
}

int exit_code_of(compare::Decision decision, bool inconclusive_passes) {
    switch (decision) {
        case compare::Decision::passed:
            return kDone;
        case compare::Decision::regression:
            return kSomethingFailed;
        case compare::Decision::inconclusive:
        case compare::Decision::too_noisy:
            break;
    }
    return inconclusive_passes ? kDone : kInconclusive;
}

/// The gate of the command line, else of the config, else the usual one.
Result<compare::Gate> gate_of(const CompareOptions& options, const config::GateSpec& spec) {
    compare::Gate gate;
    if (!options.tolerance.empty()) {
        auto given = compare::parse_gate(options.tolerance);
        if (!given) {
            return with_context("--tolerance", given.error());
        }
        gate = std::move(*given);
    } else if (!spec.tolerances.empty()) {
        gate.entries.clear();
        for (const auto& [metric, share] : spec.tolerances) {
            gate.entries.push_back({metric, share});
        }
        gate.entries = compare::Gate::completed(std::move(gate.entries));
    }
    gate.alpha = spec.alpha.value_or(gate.alpha);
    return gate;
}

Result<compare::Comparison> compare_stored(const CompareOptions& options,
                                           const compare::Gate& gate) {
    const auto base = results::read_results(options.base);
    if (!base) {
        return base.error();
    }
    const auto head = results::read_results(options.head);
    if (!head) {
        return head.error();
    }
    return compare::compare_results(*base, *head, gate, options.force);
}

/// Beside the trials, so that CI has all of it in one folder, whatever was printed.
Status keep_comparison(const compare::Comparison& comparison, const fs::path& directory) {
    for (const auto& [format, name] : {std::pair{"md", "comparison.md"},
                                       {"json", "comparison.json"},
                                       {"junit", "comparison.xml"}}) {
        const auto text = compare::render_comparison(format, comparison);
        if (!text) {
            return text.error();
        }
        if (auto written = results::write_file(directory / name, *text); !written) {
            return written;
        }
    }
    return {};
}

/// `run` as the command line and [gate] have it; its folder is known afterwards.
Result<compare::Comparison> compare_live(PairedRun& run, const CompareOptions& options,
                                         const config::GateSpec& spec, const compare::Gate& gate) {
    run.gate = gate;
    run.request.blocks = options.blocks.value_or(spec.blocks.value_or(run.request.blocks));
    return run_paired(run, watch_for_interrupt());
}

int compare(const CompareOptions& options) {
    // A mistake in the format must not cost a measurement.
    if (auto known = compare::render_comparison(options.format, {}); !known) {
        return report_error(known.error());
    }
    config::GateSpec spec;
    if (!options.run.request.suite.config.empty()) {
        const auto config = suite::requested_config(options.run.request.suite);
        if (!config) {
            return report_error(config.error());
        }
        spec = config->gate;
    }
    const auto gate = gate_of(options, spec);
    if (!gate) {
        return report_error(gate.error());
    }
    PairedRun run = options.run;
    const auto comparison = options.is_live() ? compare_live(run, options, spec, *gate)
                                              : compare_stored(options, *gate);
    if (!comparison) {
        return report_error(comparison.error());
    }
    print_document(compare::render_comparison(options.format, *comparison).value());
    std::fflush(stdout);
    tell_github(*comparison);
    if (options.is_live()) {
        tell("results: {}\n", run.out.string());
        if (auto kept = keep_comparison(*comparison, run.out); !kept) {
            return report_error(kept.error());
        }
    }
    return exit_code_of(compare::decide(*comparison), options.inconclusive_passes);
}

void add_live_options(CLI::App& command, CompareOptions& o, CLI::Option* stored) {
    auto& suite = o.run.request.suite;
    auto* base = command.add_option("--base-plugin", o.run.request.base_plugin,
                                    "The base's .so, measured in turn with the head's");
    auto* head = command.add_option("--head-plugin", o.run.request.head_plugin, "The head's .so");
    auto* config = command.add_option("--config", suite.config,
                                      "The suite's INI file: its loads, limits and [gate]");
    base->needs(head)->needs(config)->excludes(stored);
    head->needs(base);
    const auto live = [&](CLI::Option* option) { option->needs(base); };
    live(command.add_option("--out", o.run.out, "Folder for all trials and the comparison"));
    live(command.add_option("--blocks", o.blocks, "Blocks, instead of the config's or 10")
             ->transform(whole_number(1, config::kMostBlocks)));
    live(command.add_option("--servers", suite.servers, "Which of the plugins' servers; globs")
             ->delimiter(','));
    live(command
             .add_option("--profiles", suite.profiles, "Names and globs of the config's profiles")
             ->delimiter(','));
    live(command.add_option("--seed", suite.seed, "Seed of the order and of the load")
             ->transform(whole_number(0, config::kMostSeed)));
    command.add_option("--set", suite.overrides, "SECTION.KEY=VALUE over the config's value")
        ->needs(config);
    live(command.add_flag("!--no-confirm", o.run.confirm,
                          "Believe a regression without measuring it again"));
    live(command.add_flag("--no-progress", o.run.no_progress, "Print no progress"));
}

}  // namespace

void add_compare(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("compare", "Judge whether a head is slower than a base");
    auto options = std::make_shared<CompareOptions>();
    auto& o = *options;
    auto* base = command->add_option("BASE", o.base, "results.json of the base");
    auto* head = command->add_option("HEAD", o.head, "results.json of the head");
    base->needs(head);
    add_live_options(*command, o, base);
    command->add_option("--tolerance", o.tolerance,
                        "Gated metrics, such as rps=5%,p99=10%,cpu=5%,failed=1%");
    command->add_option("--format", o.format, "md, json or junit");
    command->add_flag("--force", o.force, "Compare what was not measured alike all the same");
    command->add_flag("--inconclusive-passes", o.inconclusive_passes,
                      "Exit with 0 instead of 3 when nothing could be told");
    command->callback([command, &action, options] {
        if (options->base.empty() && !options->is_live()) {
            throw CLI::RequiredError(
                "compare: BASE HEAD, or --base-plugin A --head-plugin B --config FILE");
        }
        action = [options] { return compare(*options); };
    });
}

}  // namespace benchhost::cli

// benchhost compare: is the head slower than the base, as far as two stored results can tell?
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
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
#include <string>

namespace benchhost::cli {
namespace {

struct CompareOptions {
    std::filesystem::path base;
    std::filesystem::path head;
    std::string tolerance;
    std::string format = "md";
    bool force = false;
    bool inconclusive_passes = false;
};

/// For a step of a GitHub workflow: the verdict on its summary page, and its annotations.
void tell_github(const report::Comparison& comparison) {
    const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
    if (summary == nullptr || *summary == '\0') {
        return;
    }
    std::ofstream file(summary, std::ios::app);
    file << report::comparison_markdown(comparison);
    if (!file.flush()) {
        fmt::print(stderr, "benchhost: warning: cannot write {} ($GITHUB_STEP_SUMMARY)\n", summary);
    }
    fmt::print(stderr, "{}", report::github_annotations(comparison));
}

int exit_code_of(report::Decision decision, bool inconclusive_passes) {
    switch (decision) {
        case report::Decision::passed:
            return kDone;
        case report::Decision::regression:
            return kSomethingFailed;
        case report::Decision::inconclusive:
        case report::Decision::too_noisy:
            break;
    }
    return inconclusive_passes ? kDone : kInconclusive;
}

int compare(const CompareOptions& options) {
    report::Gate gate;
    if (!options.tolerance.empty()) {
        auto parsed = report::parse_gate(options.tolerance);
        if (!parsed) {
            return report_error(with_context("--tolerance", parsed.error()));
        }
        gate = std::move(*parsed);
    }
    const auto base = results::read_results(options.base);
    if (!base) {
        return report_error(base.error());
    }
    const auto head = results::read_results(options.head);
    if (!head) {
        return report_error(head.error());
    }
    const auto comparison = report::compare_results(*base, *head, gate, options.force);
    if (!comparison) {
        return report_error(comparison.error());
    }
    const auto text = report::render_comparison(options.format, *comparison);
    if (!text) {
        return report_error(text.error());
    }
    fmt::print("{}", *text);
    std::fflush(stdout);
    tell_github(*comparison);
    return exit_code_of(report::decide(*comparison), options.inconclusive_passes);
}

}  // namespace

void add_compare(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("compare", "Judge whether a head is slower than a base");
    auto options = std::make_shared<CompareOptions>();
    auto& o = *options;
    command->add_option("BASE", o.base, "results.json of the base")->required();
    command->add_option("HEAD", o.head, "results.json of the head")->required();
    command->add_option("--tolerance", o.tolerance, "Gated metrics, such as rps=5%,p99=10%,cpu=5%");
    command->add_option("--format", o.format, "md, json or junit");
    command->add_flag("--force", o.force, "Compare results of different environments all the same");
    command->add_flag("--inconclusive-passes", o.inconclusive_passes,
                      "Exit with 0 instead of 3 when nothing could be told");
    command->callback([&action, options] { action = [options] { return compare(*options); }; });
}

}  // namespace benchhost::cli

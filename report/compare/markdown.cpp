#include "report/formats/markdown.hpp"

#include "report/compare/render.hpp"
#include "report/table/number.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace benchhost::compare {
namespace {

std::string median_of(const std::optional<report::OverRounds>& value, model::GateMetric metric) {
    return value ? about(metric).show(value->median) : report::kUnknown;
}

std::string value_of(const std::optional<report::OverRounds>& median,
                     const std::optional<double>& share, model::GateMetric metric) {
    return share ? about(metric).show(*share) : median_of(median, metric);
}

std::string p_of(const ComparedCell& cell) {
    const auto& p = cell.is_gated() ? cell.adjusted_p : cell.p;
    if (!p) {
        return report::kUnknown;
    }
    return *p < 0.0001 ? "<0.0001" : fmt::format("{:.4f}", *p);
}

std::string verdict_of(const ComparedCell& cell) {
    std::string text = to_string(cell.verdict);
    if (cell.verdict == Change::regression || cell.verdict == Change::improvement) {
        text = "**" + text + "**";
    }
    if (cell.is_gated()) {
        const bool tested = about(cell.metric).tested;
        text += fmt::format(" ({}{}{})", tested ? "±" : "+", report::percent(*cell.tolerance),
                            tested ? "" : " points");
    }
    return cell.why.empty() ? text
                            : fmt::format("{}: {}", text, report::markdown_escaped(cell.why));
}

template <class Wanted>
std::string table_of(const Comparison& comparison, bool with_noise, Wanted wanted) {
    std::vector<report::Column> columns{{"Server", report::Align::left},
                                        {"Profile", report::Align::left},
                                        {"Metric", report::Align::left},
                                        {"Base"},
                                        {"Head"},
                                        {"Change (interval)"},
                                        {"p"}};
    if (with_noise) {
        columns.push_back({"Base again"});
    }
    columns.push_back({"Verdict (tolerance)", report::Align::left});
    report::MarkdownTable table(columns);
    for (const ComparedCell& cell : comparison.cells) {
        if (!wanted(cell)) {
            continue;
        }
        std::vector<std::string> cells{report::markdown_escaped(cell.server),
                                       report::markdown_escaped(cell.profile),
                                       about(cell.metric).title,
                                       value_of(cell.base, cell.base_share, cell.metric),
                                       value_of(cell.head, cell.head_share, cell.metric),
                                       change_in_words(cell),
                                       p_of(cell)};
        if (with_noise) {
            cells.push_back(cell.noise ? report::signed_percent(*cell.noise) : report::kUnknown);
        }
        cells.push_back(verdict_of(cell));
        table.add(cells);
    }
    return table.empty() ? "" : table.text();
}

std::string headline_of(const Comparison& comparison) {
    std::string text = fmt::format("**{}**: {}", to_string(decide(comparison)), tally(comparison));
    if (const auto floor = noise_floor(comparison)) {
        text += fmt::format("; noise floor (base against itself) ±{}", report::percent(*floor));
    }
    const auto gated = std::count_if(
        comparison.cells.begin(), comparison.cells.end(),
        [](const ComparedCell& cell) { return cell.is_gated() && about(cell.metric).tested; });
    text += fmt::format("; alpha {} over {} tested cells (Holm)\n", comparison.alpha, gated);
    const auto lost = lost_in_words(comparison);
    text += lost.empty() ? "" : "\n";
    for (const std::string& sentence : lost) {
        text += fmt::format("- {}\n", report::markdown_escaped(sentence));
    }
    if (!comparison.design_warning.empty()) {
        text += fmt::format("\n{}.\n", report::markdown_escaped(comparison.design_warning));
    }
    return text;
}

std::string method_of(const Comparison& comparison) {
    return comparison.paired
               ? "Paired by block: the interval is the exact Hodges-Lehmann one of the blocks' "
                 "log-ratios, p the exact sign-flip test.\n"
               : "Unpaired: the interval is the exact Hodges-Lehmann one of the rounds' "
                 "logarithms, "
                 "p the exact Mann-Whitney test.\n";
}

}  // namespace

std::string comparison_markdown(const Comparison& comparison) {
    const bool with_noise = noise_floor(comparison).has_value();
    std::string text = fmt::format(
        "## benchhost: {} against {}\n\n{}\n", report::markdown_escaped(comparison.head_name),
        report::markdown_escaped(comparison.base_name), headline_of(comparison));
    text +=
        table_of(comparison, with_noise, [](const ComparedCell& cell) { return cell.is_gated(); });
    text += "\n" + method_of(comparison);
    for (const std::string& warning : comparison.warnings) {
        text += fmt::format("- {}\n", report::markdown_escaped(warning));
    }
    const std::string others =
        table_of(comparison, with_noise, [](const ComparedCell& cell) { return !cell.is_gated(); });
    if (!others.empty()) {
        text += fmt::format(
            "\n<details><summary>For information, not gated</summary>\n\n{}\n"
            "</details>\n",
            others);
    }
    return text;
}

}  // namespace benchhost::compare

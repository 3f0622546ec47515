#include "report/compare/render.hpp"

#include "core/base/printable.hpp"
#include "report/table/number.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace benchhost::compare {
namespace {

std::string cell_title(const ComparedCell& cell) {
    return fmt::format("{} · {} · {}", cell.server, cell.profile, about(cell.metric).title);
}

// Escaped as GitHub's workflow commands want it.
std::string command_escaped(const std::string& text) {
    std::string out;
    for (const char c : report::one_line(text)) {
        switch (c) {
            case '%':
                out += "%25";
                break;
            case ':':
                out += "%3A";
                break;
            case ',':
                out += "%2C";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace

std::optional<double> noise_floor(const Comparison& comparison) {
    std::optional<double> floor;
    for (const ComparedCell& cell : comparison.cells) {
        if (cell.is_gated() && cell.noise) {
            floor = std::max(floor.value_or(0), std::abs(*cell.noise));
        }
    }
    return floor;
}

std::string tally(const Comparison& comparison) {
    std::array<int, 5> counts{};
    for (const ComparedCell& cell : comparison.cells) {
        if (cell.is_gated()) {
            ++counts.at(static_cast<std::size_t>(cell.verdict));
        }
    }
    const auto of = [&](Change change) { return counts.at(static_cast<std::size_t>(change)); };
    const int worse = of(Change::regression);
    const int better = of(Change::improvement);
    const int no_worse = of(Change::no_regression);
    return fmt::format("{} regression{}, {} improvement{}, {}{} no change, {} inconclusive", worse,
                       worse == 1 ? "" : "s", better, better == 1 ? "" : "s",
                       no_worse == 0 ? "" : fmt::format("{} no worse, ", no_worse),
                       of(Change::no_change), of(Change::inconclusive));
}

std::vector<std::string> lost_in_words(const Comparison& comparison) {
    std::vector<std::string> sentences;
    for (const ComparedCell& cell : comparison.cells) {
        if (cell.is_gated() && !about(cell.metric).tested && cell.verdict == Change::regression) {
            sentences.push_back(
                fmt::format("{} under {}: {}", cell.server, cell.profile, cell.why));
        }
    }
    return sentences;
}

std::string change_in_words(const ComparedCell& cell) {
    if (cell.base_share && cell.head_share) {
        return report::signed_percent(*cell.head_share - *cell.base_share) + " points";
    }
    if (!cell.change) {
        return report::kUnknown;
    }
    std::string text = report::signed_percent(*cell.change);
    if (cell.change_low && cell.change_high) {
        text += fmt::format(" ({} … {})", report::signed_percent(*cell.change_low),
                            report::signed_percent(*cell.change_high));
    }
    return text;
}

std::string github_annotations(const Comparison& comparison) {
    std::string text;
    for (const ComparedCell& cell : comparison.cells) {
        const bool worse = cell.verdict == Change::regression;
        if (!cell.is_gated() || (!worse && cell.verdict != Change::inconclusive)) {
            continue;
        }
        const std::string message =
            fmt::format("{}: {}, {}{}", cell_title(cell), to_string(cell.verdict),
                        change_in_words(cell), cell.why.empty() ? "" : ", " + cell.why);
        text += fmt::format("::{} title=benchhost::{}\n", worse ? "error" : "warning",
                            command_escaped(message));
    }
    return text;
}

std::string comparison_junit(const Comparison& comparison) {
    std::string cases;
    int tests = 0;
    int failures = 0;
    int skipped = 0;
    for (const ComparedCell& cell : comparison.cells) {
        if (!cell.is_gated()) {
            continue;
        }
        ++tests;
        const std::string message = report::xml_escaped(report::one_line(
            fmt::format("{}{}", change_in_words(cell), cell.why.empty() ? "" : ": " + cell.why)));
        cases += fmt::format("    <testcase classname=\"{}\" name=\"{} {}\">",
                             report::xml_escaped(report::one_line(cell.profile)),
                             report::xml_escaped(report::one_line(cell.server)),
                             model::name_of(cell.metric));
        if (cell.verdict == Change::regression) {
            ++failures;
            cases += fmt::format("<failure message=\"{}\"/>", message);
        } else if (cell.verdict == Change::inconclusive) {
            ++skipped;
            cases += fmt::format("<skipped message=\"{}\"/>", message);
        } else {
            cases +=
                fmt::format("<system-out>{}: {}</system-out>", to_string(cell.verdict), message);
        }
        cases += "</testcase>\n";
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"benchhost compare\">\n"
        "  <testsuite name=\"{} against {}\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
        "skipped=\"{}\">\n{}  </testsuite>\n</testsuites>\n",
        report::xml_escaped(report::one_line(comparison.head_name)),
        report::xml_escaped(report::one_line(comparison.base_name)), tests, failures, skipped,
        cases);
}

Result<std::string> render_comparison(const std::string& format, const Comparison& comparison) {
    if (format == "md") {
        return comparison_markdown(comparison);
    }
    if (format == "json") {
        return comparison_json(comparison);
    }
    if (format == "junit") {
        return comparison_junit(comparison);
    }
    return Error{ErrorCode::usage,
                 fmt::format("{} is not a format of comparisons; allowed: md, json, junit",
                             in_quotes(format))};
}

}  // namespace benchhost::compare

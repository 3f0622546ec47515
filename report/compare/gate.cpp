#include "report/compare/gate.hpp"

#include "core/base/printable.hpp"
#include "core/base/units.hpp"
#include "core/results/losses.hpp"
#include "report/compare/lost_cells.hpp"
#include "report/table/number.hpp"
#include "report/table/row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <utility>

namespace benchhost::compare {
namespace {

using model::Verdict;
using results::Trial;

using Timeout = std::optional<Nanoseconds>;

std::optional<double> cpu_of(const Trial& trial, Timeout /*timeout*/) {
    return trial.server_usage ? trial.server_usage->cpu_us_per_request : std::nullopt;
}

std::optional<double> peak_of(const Trial& trial, Timeout /*timeout*/) {
    const auto& usage = trial.server_usage;
    return usage && usage->rss_peak_bytes
               ? std::optional(static_cast<double>(*usage->rss_peak_bytes))
               : std::nullopt;
}

std::optional<double> rate_of(const Trial& trial, Timeout /*timeout*/) {
    return trial.requests_per_s;
}

// Among what was lost it is known from below only, and a lossy side is never the faster one by it.
template <double results::LatencySummary::*Which>
std::optional<double> percentile_of(const Trial& trial, Timeout timeout) {
    const auto found = results::percentile(trial, Which, timeout);
    return found ? std::optional(found->ms) : std::nullopt;
}

std::optional<double> no_value(const Trial& /*trial*/, Timeout /*timeout*/) { return {}; }

std::string in_mebibytes(double bytes) { return report::mebibytes(bytes); }

using results::LatencySummary;
using Metric = model::GateMetric;
constexpr std::array kRows{
    MetricRow{Metric::cpu, "CPU (µs/request)", 0.05, false, false, true, cpu_of, report::rounded},
    MetricRow{Metric::rss, "RSS peak (MiB)", {}, false, false, true, peak_of, in_mebibytes},
    MetricRow{Metric::rps, "Requests/s", 0.05, true, true, true, rate_of, report::rounded},
    MetricRow{Metric::p99, "p99 (ms)", 0.10, false, true, true, percentile_of<&LatencySummary::p99>,
              report::rounded},
    MetricRow{Metric::p50,
              "p50 (ms)",
              {},
              false,
              true,
              true,
              percentile_of<&LatencySummary::p50>,
              report::rounded},
    MetricRow{Metric::failed, "Failed", results::kMostLost, false, false, false, no_value,
              share_in_words},
    MetricRow{Metric::wrong, "Wrong answers", 0, false, false, false, no_value, share_in_words},
};
static_assert(std::equal(kRows.begin(), kRows.end(), model::kGateMetrics.begin(),
                         model::kGateMetrics.end(),
                         [](const MetricRow& row, const model::NamedGateMetric& named) {
                             return row.metric == named.metric;
                         }),
              "each metric has its row");

std::string all_names() {
    std::string names;
    for (const auto& [metric, name] : model::kGateMetrics) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
    }
    return names;
}

Result<Gate::Entry> parse_entry(const std::string& text) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto* const known = std::find_if(
        model::kGateMetrics.begin(), model::kGateMetrics.end(),
        [&](const model::NamedGateMetric& candidate) { return candidate.name == name; });
    if (equals == std::string::npos || known == model::kGateMetrics.end()) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is not a tolerance; allowed: METRIC=SHARE such as rps=5%, "
                                 "with a metric out of {}",
                                 in_quotes(text), all_names())};
    }
    const auto tolerance = parse_fraction(text.substr(equals + 1));
    if (!tolerance) {
        return with_context("tolerance of " + name, tolerance.error());
    }
    return Gate::Entry{known->metric, *tolerance};
}

}  // namespace

const MetricRow& about(model::GateMetric metric) { return kRows[static_cast<std::size_t>(metric)]; }

bool was_free(const Trial& trial) {
    return trial.verdict != Verdict::client_bound && trial.verdict != Verdict::machine_bound &&
           trial.verdict != Verdict::link_bound && trial.verdict != Verdict::not_known;
}

std::optional<double> comparable_value(const Trial& trial, model::GateMetric metric,
                                       std::optional<Nanoseconds> timeout) {
    if (!report::is_usable(trial) || (about(metric).needs_a_free_server && !was_free(trial))) {
        return std::nullopt;
    }
    const auto value = about(metric).value(trial, timeout);
    return value && std::isfinite(*value) && *value > 0 ? value : std::nullopt;
}

std::optional<double> Gate::tolerance_of(model::GateMetric metric) const {
    for (const Entry& entry : entries) {
        if (entry.metric == metric) {
            return entry.tolerance;
        }
    }
    return std::nullopt;
}

std::vector<Gate::Entry> Gate::usual_entries() {
    std::vector<Entry> entries;
    for (const MetricRow& row : kRows) {
        if (row.tolerance) {
            entries.push_back({row.metric, *row.tolerance});
        }
    }
    return entries;
}

std::size_t Gate::tested() const {
    return static_cast<std::size_t>(
        std::count_if(entries.begin(), entries.end(),
                      [](const Entry& entry) { return about(entry.metric).tested; }));
}

std::vector<Gate::Entry> Gate::completed(std::vector<Entry> named) {
    const auto is_named = [&](model::GateMetric metric) {
        return std::any_of(named.begin(), named.end(),
                           [&](const Entry& entry) { return entry.metric == metric; });
    };
    const bool names_a_test = std::any_of(
        named.begin(), named.end(), [](const Entry& entry) { return about(entry.metric).tested; });
    for (const Entry& usual : usual_entries()) {
        if (!is_named(usual.metric) && (!about(usual.metric).tested || !names_a_test)) {
            named.push_back(usual);
        }
    }
    return named;
}

Result<Gate> parse_gate(const std::string& text) {
    Gate gate;
    gate.entries.clear();
    std::istringstream parts(text);
    std::string part;
    while (std::getline(parts, part, ',')) {
        const auto first = part.find_first_not_of(' ');
        const auto last = part.find_last_not_of(' ');
        const auto entry =
            parse_entry(first == std::string::npos ? "" : part.substr(first, last - first + 1));
        if (!entry) {
            return entry.error();
        }
        if (gate.tolerance_of(entry->metric)) {
            return Error{ErrorCode::usage, fmt::format("the tolerance of {} is given twice",
                                                       model::name_of(entry->metric))};
        }
        gate.entries.push_back(*entry);
    }
    if (gate.entries.empty()) {
        return Error{ErrorCode::usage,
                     "no tolerance is given; allowed: METRIC=SHARE,... such as rps=5%,cpu=5%"};
    }
    gate.entries = Gate::completed(std::move(gate.entries));
    return gate;
}

}  // namespace benchhost::compare

#include "report/compare/gate.hpp"

#include "core/base/units.hpp"
#include "report/row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace benchhost::report {
namespace {

using results::Trial;
using results::Verdict;

bool needs_a_free_server(Metric metric) {
    return metric == Metric::requests_per_s || metric == Metric::p99_ms || metric == Metric::p50_ms;
}

std::optional<double> raw_value(const Trial& trial, Metric metric) {
    const auto& usage = trial.server_usage;
    const auto& times = trial.response_time_ms;
    switch (metric) {
        case Metric::cpu_us_per_request:
            return usage ? usage->cpu_us_per_request : std::nullopt;
        case Metric::rss_peak_bytes:
            return usage && usage->rss_peak_bytes
                       ? std::optional(static_cast<double>(*usage->rss_peak_bytes))
                       : std::nullopt;
        case Metric::requests_per_s:
            return trial.requests_per_s;
        case Metric::p99_ms:
            return times ? std::optional(times->p99) : std::nullopt;
        case Metric::p50_ms:
            return times ? std::optional(times->p50) : std::nullopt;
    }
    return std::nullopt;
}

std::string all_names() {
    std::string names;
    for (const Metric metric : kMetrics) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", short_name(metric));
    }
    return names;
}

Result<Gate::Entry> parse_entry(const std::string& text) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto* metric = std::find_if(kMetrics.begin(), kMetrics.end(), [&](Metric candidate) {
        return name == short_name(candidate);
    });
    if (equals == std::string::npos || metric == kMetrics.end()) {
        return Error{ErrorCode::usage,
                     fmt::format("\"{}\" is not a tolerance; allowed: METRIC=SHARE such as rps=5%, "
                                 "with a metric out of {}",
                                 text, all_names())};
    }
    const auto tolerance = parse_fraction(text.substr(equals + 1));
    if (!tolerance) {
        return with_context("tolerance of " + name, tolerance.error());
    }
    return Gate::Entry{*metric, *tolerance};
}

}  // namespace

const char* short_name(Metric metric) {
    switch (metric) {
        case Metric::cpu_us_per_request:
            return "cpu";
        case Metric::rss_peak_bytes:
            return "rss";
        case Metric::requests_per_s:
            return "rps";
        case Metric::p99_ms:
            return "p99";
        case Metric::p50_ms:
            break;
    }
    return "p50";
}

const char* title(Metric metric) {
    switch (metric) {
        case Metric::cpu_us_per_request:
            return "CPU (µs/request)";
        case Metric::rss_peak_bytes:
            return "RSS peak (MiB)";
        case Metric::requests_per_s:
            return "Requests/s";
        case Metric::p99_ms:
            return "p99 (ms)";
        case Metric::p50_ms:
            break;
    }
    return "p50 (ms)";
}

bool more_is_better(Metric metric) { return metric == Metric::requests_per_s; }

std::optional<double> comparable_value(const Trial& trial, Metric metric) {
    if (!is_usable(trial)) {
        return std::nullopt;
    }
    const bool spoilt =
        trial.verdict == Verdict::client_bound || trial.verdict == Verdict::machine_bound;
    if (spoilt && needs_a_free_server(metric)) {
        return std::nullopt;
    }
    const auto value = raw_value(trial, metric);
    return value && std::isfinite(*value) && *value > 0 ? value : std::nullopt;
}

std::optional<double> Gate::tolerance_of(Metric metric) const {
    for (const Entry& entry : entries) {
        if (entry.metric == metric) {
            return entry.tolerance;
        }
    }
    return std::nullopt;
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
                                                       short_name(entry->metric))};
        }
        gate.entries.push_back(*entry);
    }
    if (gate.entries.empty()) {
        return Error{ErrorCode::usage,
                     "no tolerance is given; allowed: METRIC=SHARE,... such as rps=5%,cpu=5%"};
    }
    return gate;
}

}  // namespace benchhost::report

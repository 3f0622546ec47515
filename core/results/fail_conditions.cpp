#include "core/results/fail_conditions.hpp"

#include "core/results/losses.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace benchhost::results {
namespace {

using Figure = model::FailCondition::Figure;

std::optional<double> milliseconds_of(const Trial& trial, double LatencySummary::*which,
                                      std::optional<Nanoseconds> timeout) {
    const auto value = percentile(trial, which, timeout);
    return value ? std::optional(value->ms) : std::nullopt;
}

std::optional<double> summary_of(const Trial& trial, double LatencySummary::*which) {
    return trial.response_time_ms ? std::optional((*trial.response_time_ms).*which) : std::nullopt;
}

std::optional<double> figure_of(Figure figure, const Trial& trial,
                                std::optional<Nanoseconds> timeout) {
    switch (figure) {
        case Figure::p50:
            return milliseconds_of(trial, &LatencySummary::p50, timeout);
        case Figure::p75:
            return milliseconds_of(trial, &LatencySummary::p75, timeout);
        case Figure::p90:
            return milliseconds_of(trial, &LatencySummary::p90, timeout);
        case Figure::p95:
            return milliseconds_of(trial, &LatencySummary::p95, timeout);
        case Figure::p99:
            return milliseconds_of(trial, &LatencySummary::p99, timeout);
        case Figure::p99_9:
            return milliseconds_of(trial, &LatencySummary::p99_9, timeout);
        case Figure::mean:
            return summary_of(trial, &LatencySummary::mean);
        case Figure::max:
            return summary_of(trial, &LatencySummary::max);
        case Figure::failed:
            return lost_requests(trial);
        case Figure::rate:
            return trial.requests_per_s;
    }
    return std::nullopt;
}

std::string spelled(Figure figure, double value) {
    constexpr double kPercent = 100;
    return figure == Figure::failed ? fmt::format("{:.3g} %", value * kPercent)
           : figure == Figure::rate ? fmt::format("{:.1f}/s", value)
                                    : fmt::format("{:.3f} ms", value);
}

std::string name_of(const model::FailCondition& condition) {
    return condition.text.substr(0, condition.text.find_first_of("<> "));
}

double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

std::optional<std::string> met_by(const model::FailCondition& condition,
                                  const std::vector<const Trial*>& trials,
                                  std::optional<Nanoseconds> timeout) {
    std::vector<double> values;
    for (const Trial* trial : trials) {
        if (const auto value = figure_of(condition.figure, *trial, timeout)) {
            values.push_back(*value);
        }
    }
    if (values.size() < trials.size() || values.empty()) {
        return fmt::format("{} is not known ({})", name_of(condition), condition.text);
    }
    const double value = median_of(std::move(values));
    if (condition.above ? value <= condition.border : value >= condition.border) {
        return std::nullopt;
    }
    return fmt::format("{} is {} ({})", name_of(condition), spelled(condition.figure, value),
                       condition.text);
}

}  // namespace benchhost::results

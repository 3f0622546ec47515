#include "core/results/contradiction.hpp"

#include "core/model/load_model.hpp"
#include "core/results/losses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

namespace benchhost::results {
namespace {

constexpr double kTolerance = 0.1;
// Where a connection was answered fewer times, those at the borders of the window decide.
constexpr double kFewestAnswers = 20;

// Shares of the requests between two percentiles, from the fastest half on.
constexpr std::array<double, 7> kShares{0.5, 0.25, 0.15, 0.05, 0.04, 0.009, 0.001};

std::array<double, 7> steps_of(const LatencySummary& times) {
    return {times.p50, times.p75, times.p90, times.p95, times.p99, times.p99_9, times.max};
}

// The mean when each request took as long as the percentile above it, and below it.
double longest_mean(const LatencySummary& times) {
    double sum = 0;
    for (std::size_t i = 0; i < kShares.size(); ++i) {
        sum += kShares.at(i) * steps_of(times).at(i);
    }
    return sum;
}

double shortest_mean(const LatencySummary& times) {
    double sum = 0;
    for (std::size_t i = 1; i < kShares.size(); ++i) {
        sum += kShares.at(i) * steps_of(times).at(i - 1);
    }
    return sum;
}

// Requests that are under way all the time; absent where that is not known or not so.
std::optional<double> always_under_way(const ProfileInfo& profile) {
    const auto* load = std::get_if<model::TrialLoad>(&profile.load);
    const auto* closed = load == nullptr ? nullptr : std::get_if<model::ClosedLoop>(load);
    // Who opens a connection for each request waits for that too, which is in no response time.
    return closed == nullptr || !profile.keep_alive.value_or(true)
               ? std::nullopt
               : std::optional(static_cast<double>(closed->connections) *
                               profile.pipeline.value_or(1));
}

bool is_short(const Trial& trial, double under_way) {
    return trial.duration_s &&
           *trial.requests_per_s * *trial.duration_s < kFewestAnswers * under_way;
}

// Of each answer's share of the stays that began before the window, which no response time has.
double most_cut_off(const Trial& trial, double under_way) {
    return trial.duration_s ? under_way * trial.longest_cut_stay_ms.value_or(0) /
                                  (*trial.requests_per_s * *trial.duration_s)
                            : 0;
}

bool lost_anything(const Trial& trial) {
    return lost_requests(trial).value_or(0) > 0 || lost_connections(trial).value_or(0) > 0;
}

}  // namespace

std::optional<std::string> contradiction(const Trial& trial, const ProfileInfo& profile) {
    if (!trial.response_time_ms) {
        return std::nullopt;
    }
    const auto& times = *trial.response_time_ms;
    const auto steps = steps_of(times);
    if (std::find(steps.begin(), steps.end(), 0) != steps.end()) {
        return std::nullopt;  // not all of them are known
    }
    if (!std::is_sorted(steps.begin(), steps.end())) {
        return fmt::format(
            "a percentile of its response times is above a higher one (p50 {:.4g} "
            "ms, p99 {:.4g} ms, max {:.4g} ms)",
            times.p50, times.p99, times.max);
    }
    const auto under_way = always_under_way(profile);
    // Those that are lost take time that is in no response time.
    if (!under_way || lost_anything(trial) || !(trial.requests_per_s.value_or(0) > 0) ||
        is_short(trial, *under_way)) {
        return std::nullopt;
    }
    const double mean_ms = *under_way / *trial.requests_per_s * 1000;  // Little's law
    const bool is_longer =
        mean_ms > longest_mean(times) * (1 + kTolerance) + most_cut_off(trial, *under_way);
    if (!is_longer && mean_ms >= shortest_mean(times) * (1 - kTolerance)) {
        return std::nullopt;
    }
    return fmt::format(
        "{:.0f} requests under way and {:.0f} requests/s make a mean of {:.4g} ms, but its p50 of "
        "{:.4g} ms, p99 of {:.4g} ms and maximum of {:.4g} ms allow no more than {:.4g} and no "
        "less "
        "than {:.4g} ms",
        *under_way, *trial.requests_per_s, mean_ms, times.p50, times.p99, times.max,
        longest_mean(times), shortest_mean(times));
}

}  // namespace benchhost::results

#include "core/results/losses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace benchhost::results {
namespace {

struct Loss {
    std::uint64_t lost = 0;
    std::uint64_t all = 0;
    double share() const {
        return all == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(all);
    }
};

Loss greater(const Loss& one, const Loss& other) {
    return other.share() > one.share() ? other : one;
}

Loss requests_of(const Trial& trial) {
    Loss by_plan;
    if (trial.requests) {
        // A file that was edited may say that more were answered than planned.
        by_plan.all = std::max(trial.requests->planned, trial.requests->ok);
        by_plan.lost = by_plan.all - trial.requests->ok;
    }
    Loss by_end;
    if (trial.ended) {
        by_end.lost = trial.ended->failed_total();
        by_end.all = trial.ended->ok + by_end.lost;
    }
    return greater(by_plan, by_end);
}

Loss connections_of(const Trial& trial) {
    const auto& connections = trial.connections;
    return connections && connections->asked && connections->never_answered
               ? Loss{*connections->never_answered, *connections->asked}
               : Loss{};
}

std::optional<double> share_of(const Loss& loss) {
    return loss.all == 0 ? std::nullopt : std::optional(loss.share());
}

double share_of(double LatencySummary::*which) {
    constexpr std::array<std::pair<double LatencySummary::*, double>, 6> kShares{{
        {&LatencySummary::p50, 0.5},
        {&LatencySummary::p75, 0.75},
        {&LatencySummary::p90, 0.9},
        {&LatencySummary::p95, 0.95},
        {&LatencySummary::p99, 0.99},
        {&LatencySummary::p99_9, 0.999},
    }};
    const auto* const known =
        std::find_if(kShares.begin(), kShares.end(),
                     [&](const auto& candidate) { return candidate.first == which; });
    return known == kShares.end() ? 1 : known->second;
}

/// `answered` of `planned` have a time.
std::optional<Percentile> percentile(double share, double ms, std::uint64_t answered,
                                     std::uint64_t planned, double at_least_ms) {
    constexpr double kRounding = 1e-9;
    const auto all = static_cast<double>(planned);
    if (all * (1 - share) < 1 - kRounding) {
        return std::nullopt;
    }
    if (static_cast<double>(answered) < share * all * (1 - kRounding)) {
        return Percentile{std::max(at_least_ms, ms), true};
    }
    return Percentile{ms, false};
}

double milliseconds_or(const std::optional<Nanoseconds>& timeout, double otherwise) {
    return timeout ? to_milliseconds(*timeout) : otherwise;
}

}  // namespace

std::optional<double> lost_requests(const Trial& trial) { return share_of(requests_of(trial)); }

std::optional<double> lost_connections(const Trial& trial) {
    return share_of(connections_of(trial));
}

bool lost_too_much(const Trial& trial) {
    return lost_requests(trial).value_or(0) > kMostLost ||
           lost_connections(trial).value_or(0) > kMostLost;
}

std::string losses_in_words(const Trial& trial) {
    const auto requests = requests_of(trial);
    const auto connections = connections_of(trial);
    if (connections.share() > requests.share()) {
        return fmt::format("{} of {} connections never got an answer", grouped(connections.lost),
                           grouped(connections.all));
    }
    return requests.lost == 0 ? ""
                              : fmt::format("{} of {} requests were not answered rightly",
                                            grouped(requests.lost), grouped(requests.all));
}

std::optional<Percentile> percentile(const Trial& trial, double LatencySummary::*which,
                                     std::optional<Nanoseconds> timeout) {
    if (!trial.response_time_ms) {
        return std::nullopt;
    }
    const auto& times = *trial.response_time_ms;
    if (!trial.requests) {
        return Percentile{times.*which, false};
    }
    const auto& requests = *trial.requests;
    return percentile(share_of(which), times.*which, requests.ok,
                      std::max(requests.planned, requests.ok), milliseconds_or(timeout, times.max));
}

std::optional<Percentile> percentile(const LoadStep& step, std::optional<double> LoadStep::*which,
                                     std::optional<Nanoseconds> timeout) {
    if (!(step.*which)) {
        return std::nullopt;
    }
    const double ms = *(step.*which);
    if (!step.planned || !step.ok) {
        return Percentile{ms, false};
    }
    return percentile(which == &LoadStep::p50_ms ? 0.5 : 0.99, ms, *step.ok,
                      std::max(*step.planned, *step.ok), milliseconds_or(timeout, ms));
}

}  // namespace benchhost::results

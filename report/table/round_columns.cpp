#include "core/results/losses.hpp"
#include "report/table/books.hpp"
#include "report/table/columns.hpp"
#include "report/table/number.hpp"

#include <functional>
#include <iterator>
#include <utility>

namespace benchhost::report {
namespace {

using model::Outcome;
using results::ClientUsage;
using results::LatencySummary;
using results::LimitFound;
using results::Requests;
using results::ServerUsage;
using results::Trial;

using TrialColumn = ColumnOf<Trial>;
using TrialColumns = ColumnsOf<Trial>;
using TrialValue = std::function<Value(const Trial&)>;

// rounds.csv tells which round it was before what came of it; people read its verdict last.
enum RoundGroup : int { kCell, kRound, kRequests, kTimes, kUsage, kRest, kNewest };

// As of a single round: a percentile may be no more than a lower bound.
TrialValue percentile_of(double LatencySummary::*which, const std::optional<Nanoseconds>& timeout) {
    return [which, timeout](const Trial& trial) -> std::optional<OverRounds> {
        const auto percentile = results::percentile(trial, which, timeout);
        return percentile ? over_readings({{percentile->ms, percentile->at_least}}) : std::nullopt;
    };
}

TrialValue time_of(double LatencySummary::*which) {
    return [which](const Trial& trial) {
        const auto& times = trial.response_time_ms;
        return times ? std::optional((*times).*which) : std::nullopt;
    };
}

template <class Part, class Field>
TrialValue part_of(std::optional<Part> Trial::*part, Field Part::*which) {
    return [part, which](const Trial& trial) {
        return trial.*part ? (*(trial.*part)).*which : Field{};
    };
}

template <class Get>
TrialValue requests_of(Get get) {
    return [get](const Trial& trial) {
        return trial.requests ? Count(std::invoke(get, *trial.requests)) : Count{};
    };
}

TrialValue ended_of(std::uint64_t Ended::*which) {
    return [which](const Trial& trial) {
        const auto ended = ended_in_window(trial);
        return ended ? Count((*ended).*which) : Count{};
    };
}

std::string memory_of_round(const Trial& trial) {
    const auto bytes = trial.server_usage ? trial.server_usage->rss_peak_bytes : Count{};
    return mebibytes(bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt);
}

bool was_measured(const Trial& trial) { return trial.outcome == Outcome::ok; }

std::string verdict_of_round(const Trial& trial) {
    return trial.verdict ? to_string(*trial.verdict) : "";
}

TrialColumns name_columns() {
    return {
        {"Round",
         [](const Trial& trial) { return Count(trial.round); },
         {.csv = "Round", .group = kRound}},
        {"", &Trial::profile, {.csv = "Profile", .group = kCell}},
        {"Server", &Trial::server, {.csv = "Server", .group = kCell}, Look::name},
        {"",
         [](const Trial& trial) { return to_string(trial.outcome); },
         {.csv = "Outcome", .group = kRound}},
    };
}

TrialColumns time_columns(const std::optional<Nanoseconds>& timeout) {
    return {
        {"", &Trial::duration_s, {.csv = "Duration (s)", .group = kTimes}},
        {"Requests/s",
         &Trial::requests_per_s,
         {.csv = "Requests/s", .group = kTimes, .benchstat = "req/s"}},
        {"", time_of(&LatencySummary::mean), {.csv = "Mean (ms)", .group = kTimes}},
        {"p50 (ms)",
         percentile_of(&LatencySummary::p50, timeout),
         {.csv = "p50 (ms)", .group = kTimes, .benchstat = "p50-ms"}},
        {"", percentile_of(&LatencySummary::p90, timeout), {.csv = "p90 (ms)", .group = kTimes}},
        {"p99 (ms)",
         percentile_of(&LatencySummary::p99, timeout),
         {.csv = "p99 (ms)", .group = kTimes, .benchstat = "p99-ms"}},
        {"p99.9 (ms)",
         percentile_of(&LatencySummary::p99_9, timeout),
         {.csv = "p99.9 (ms)", .group = kTimes}},
        {"Max (ms)", time_of(&LatencySummary::max), {.csv = "Max (ms)", .group = kTimes}},
    };
}

TrialColumns amount_columns() {
    return {
        {"", requests_of(&Requests::sent), {.csv = "Sent", .group = kRequests}},
        {"Ended", ended_of(&Ended::total), {.csv = "Ended", .group = kNewest}},
        {"Failed", ended_of(&Ended::failed), {.csv = "Failed", .group = kRequests}},
        {"", requests_of(&Requests::shed), {.csv = "Shed", .group = kRequests}},
        {"CPU (µs/request)",
         part_of(&Trial::server_usage, &ServerUsage::cpu_us_per_request),
         {.csv = "CPU (us/request)", .group = kUsage, .benchstat = "cpu-us/op"}},
        {"",
         part_of(&Trial::server_usage, &ServerUsage::rss_idle_bytes),
         {.csv = "RSS idle (bytes)", .group = kUsage}},
        TrialColumn("RSS peak (MiB)", part_of(&Trial::server_usage, &ServerUsage::rss_peak_bytes),
                    {.csv = "RSS peak (bytes)", .group = kUsage, .benchstat = "rss-peak-bytes"})
            .shown_as(memory_of_round),
        {"",
         part_of(&Trial::client_usage, &ClientUsage::cpu_us_per_request),
         {.csv = "Generator CPU (us/request)", .group = kUsage}},
    };
}

TrialColumns verdict_columns() {
    return {
        {"",
         part_of(&Trial::limit, &LimitFound::highest_ok),
         {.csv = "Highest load", .group = kRest}},
        {"",
         part_of(&Trial::limit, &LimitFound::first_failed),
         {.csv = "First failed", .group = kNewest}},
        {"",
         &results::lost_requests,
         {.csv = "Lost share", .group = kNewest, .benchstat = "lost-share"}},
        TrialColumn("Verdict", verdict_of_round, {.csv = "Verdict", .group = kRound}, Look::verdict)
            .shown_as([](const Trial& trial) {
                return was_measured(trial) ? shown(verdict_of_round(trial))
                                           : to_string(trial.outcome);
            })
            .strong_if([](const Trial& trial) { return !was_measured(trial); }),
        TrialColumn(
            "Because", [](const Trial& trial) { return trial.reason.value_or(""); },
            {.csv = "Reason", .group = kRest}, Look::prose)
            .shown_as([](const Trial& trial) {
                return (was_measured(trial) ? trial.verdict_why : trial.reason).value_or("");
            }),
    };
}

}  // namespace

TrialColumns round_columns(const std::optional<Nanoseconds>& timeout) {
    TrialColumns columns;
    for (auto part : {name_columns(), time_columns(timeout), amount_columns(), verdict_columns()}) {
        std::move(part.begin(), part.end(), std::back_inserter(columns));
    }
    return columns;
}

}  // namespace benchhost::report

#include "report/exports/csv_writer.hpp"
#include "report/exports/exports.hpp"
#include "report/number.hpp"
#include "report/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <initializer_list>

namespace benchhost::report::exports {
namespace {

void header(CsvWriter& csv, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        csv.text(name);
    }
    csv.end_line();
}

void add_row(CsvWriter& csv, const ProfileTable& table, const Row& row) {
    const auto& value = ordering_value(row, table.order);
    csv.text(row.label)
        .number(row.total_requests)
        .median(row.requests_per_s)
        .median(row.p50_ms)
        .number(row.failed_requests)
        .median(row.p99_ms)
        .median(row.p99_9_ms)
        .median(row.cpu_us_per_request)
        .median(row.rss_idle_bytes)
        .median(row.rss_peak_bytes)
        .number(value ? value->spread() : std::nullopt)
        .text(row.rank == kUnknown ? "" : row.rank)
        .text(row.verdict_text == kUnknown ? "" : row.verdict_text)
        .median(row.highest_load)
        .number(std::optional(row.shed_requests))
        .number(std::optional(std::uint64_t{row.trials.size()}))
        .text(table.profile.name)
        .text(row.server)
        .text(fmt::format("{}", fmt::join(row.notes, "; ")));
    csv.end_line();
}

void add_round(CsvWriter& csv, const results::Trial& trial) {
    const auto latency = [](const std::optional<results::LatencySummary>& summary,
                            double results::LatencySummary::*which) {
        return summary ? std::optional((*summary).*which) : std::nullopt;
    };
    const auto& times = trial.response_time_ms;
    const auto& usage = trial.server_usage;
    const auto& requests = trial.requests;
    const auto from = [](const auto& part, auto which) {
        using Value = std::decay_t<decltype((*part).*which)>;
        return part ? (*part).*which : Value{};
    };
    csv.text(trial.profile)
        .text(trial.server)
        .number(std::optional(std::uint64_t{trial.round}))
        .text(to_string(trial.outcome))
        .text(trial.verdict ? to_string(*trial.verdict) : "")
        .number(requests ? std::optional(requests->sent) : std::nullopt)
        .number(requests ? std::optional(requests->failed_total()) : std::nullopt)
        .number(requests ? std::optional(requests->shed) : std::nullopt)
        .number(trial.duration_s)
        .number(trial.requests_per_s)
        .number(latency(times, &results::LatencySummary::mean))
        .number(latency(times, &results::LatencySummary::p50))
        .number(latency(times, &results::LatencySummary::p90))
        .number(latency(times, &results::LatencySummary::p99))
        .number(latency(times, &results::LatencySummary::p99_9))
        .number(latency(times, &results::LatencySummary::max))
        .number(from(usage, &results::ServerUsage::cpu_us_per_request))
        .number(from(usage, &results::ServerUsage::rss_idle_bytes))
        .number(from(usage, &results::ServerUsage::rss_peak_bytes))
        .number(from(trial.client_usage, &results::ClientUsage::cpu_us_per_request))
        .number(trial.limit ? trial.limit->highest_ok : std::nullopt)
        .text(trial.reason.value_or(""));
    csv.end_line();
}

}  // namespace

std::string csv(const results::ResultSet& results) {
    CsvWriter csv;
    header(csv,
           {"Framework", "Total Request", "Request Per Second", "Median Response Time (ms)",
            "Failed Requests", "p99 (ms)", "p99.9 (ms)", "CPU (us/request)", "RSS idle (bytes)",
            "RSS peak (bytes)", "Spread over rounds (share)", "Rank", "Verdict", "Highest load",
            "Shed requests", "Rounds", "Profile", "Server", "Notes"});
    for (const ProfileTable& table : make_tables(results)) {
        for (const Row& row : table.rows) {
            add_row(csv, table, row);
        }
    }
    return csv.str();
}

std::string rounds_csv(const results::ResultSet& results) {
    CsvWriter csv;
    header(csv, {"Profile",
                 "Server",
                 "Round",
                 "Outcome",
                 "Verdict",
                 "Sent",
                 "Failed",
                 "Shed",
                 "Duration (s)",
                 "Requests/s",
                 "Mean (ms)",
                 "p50 (ms)",
                 "p90 (ms)",
                 "p99 (ms)",
                 "p99.9 (ms)",
                 "Max (ms)",
                 "CPU (us/request)",
                 "RSS idle (bytes)",
                 "RSS peak (bytes)",
                 "Generator CPU (us/request)",
                 "Highest load",
                 "Reason"});
    for (const results::Trial& trial : results.trials) {
        add_round(csv, trial);
    }
    return csv.str();
}

std::string series_csv(const results::ResultSet& results, const std::string& profile) {
    CsvWriter csv;
    header(csv, {"Server", "Round", "Second", "Answers", "Failed", "p50 (ms)", "p99 (ms)",
                 "RSS (bytes)", "CPU (s)"});
    for (const results::Trial& trial : results.trials) {
        if (trial.profile != profile || trial.superseded) {
            continue;
        }
        for (const results::SeriesPoint& point : trial.series) {
            csv.text(trial.server)
                .number(std::optional(std::uint64_t{trial.round}))
                .number(std::optional(std::uint64_t{point.t}))
                .number(std::optional(point.ok))
                .number(std::optional(point.failed))
                .number(point.p50_ms)
                .number(point.p99_ms)
                .number(point.rss_bytes)
                .number(point.cpu_s);
            csv.end_line();
        }
    }
    return csv.str();
}

}  // namespace benchhost::report::exports

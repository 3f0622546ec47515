// The two files of Locust 0.9 and three of Locust 2, with their headers and their "N/A". Times keep
// their decimals: Locust cuts them to whole milliseconds, which for a local server leaves 0. A
// percentile beyond the answered share is "N/A". There is no line "Aggregated": different servers
// have no sum.
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/csv_writer.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/books.hpp"
#include "report/table/row.hpp"

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace benchhost::report::exports {
namespace {

constexpr std::array<const char*, 10> kRequestsHeader{
    "Method",
    "Name",
    "# requests",
    "# failures",
    "Median response time",
    "Average response time",
    "Min response time",
    "Max response time",
    "Average Content Size",
    "Requests/s",
};
constexpr std::array<const char*, 11> kDistributionHeader{
    "Name", "# requests", "50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "100%",
};
constexpr std::array<double, 9> kQuantiles{0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 1.0};

// Locust 2.
constexpr std::array<const char*, 11> kStatsHeader{
    "Type",
    "Name",
    "Request Count",
    "Failure Count",
    "Median Response Time",
    "Average Response Time",
    "Min Response Time",
    "Max Response Time",
    "Average Content Size",
    "Requests/s",
    "Failures/s",
};
constexpr std::array<const char*, 4> kFailuresHeader{"Method", "Name", "Error", "Occurrences"};
constexpr std::array<const char*, 6> kHistoryHeader{
    "Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s",
};
constexpr std::array<const char*, 7> kHistoryTotals{
    "Total Request Count",         "Total Failure Count",     "Total Median Response Time",
    "Total Average Response Time", "Total Min Response Time", "Total Max Response Time",
    "Total Average Content Size",
};
constexpr std::array<std::pair<const char*, double>, 11> kPercentiles{{
    {"50%", 0.50},
    {"66%", 0.66},
    {"75%", 0.75},
    {"80%", 0.80},
    {"90%", 0.90},
    {"95%", 0.95},
    {"98%", 0.98},
    {"99%", 0.99},
    {"99.9%", 0.999},
    {"99.99%", 0.9999},
    {"100%", 1.0},
}};

void add(CsvWriter& csv, const std::optional<double>& value, int decimals) {
    if (value) {
        csv.raw(fmt::format("{:.{}f}", *value, decimals));
    } else {
        csv.text("N/A");
    }
}

using results::LatencySummary;

std::optional<double> summary_of(const Row& row, double LatencySummary::*which) {
    return median_of(over_usable(row.trials, [which](const results::Trial& trial) {
        return trial.response_time_ms ? std::optional((*trial.response_time_ms).*which)
                                      : std::nullopt;
    }));
}

std::optional<double> quantile_of(const Row& row, double quantile) {
    return median_of(over_usable(row.trials, [quantile](const results::Trial& trial) {
        const bool known = trial.histogram && !trial.histogram->empty();
        return known ? std::optional(to_milliseconds(trial.histogram->at_quantile(quantile)))
                     : std::nullopt;
    }));
}

// What a summary knows of the percentiles, for results without a histogram.
constexpr std::array<std::pair<double, double LatencySummary::*>, 7> kSummaries{{
    {0.50, &LatencySummary::p50},
    {0.75, &LatencySummary::p75},
    {0.90, &LatencySummary::p90},
    {0.95, &LatencySummary::p95},
    {0.99, &LatencySummary::p99},
    {0.999, &LatencySummary::p99_9},
    {1.0, &LatencySummary::max},
}};

std::optional<double> percentile_of(const Row& row, double quantile) {
    const bool is_longest = quantile == 1.0;
    if (!is_longest && quantile > answered_share(row.trials)) {
        return std::nullopt;
    }
    if (const auto value = quantile_of(row, quantile)) {
        return value;
    }
    const auto* const known =
        std::find_if(kSummaries.begin(), kSummaries.end(),
                     [&](const auto& candidate) { return candidate.first == quantile; });
    return known == kSummaries.end() ? std::nullopt : summary_of(row, known->second);
}

struct Counts {
    std::optional<std::uint64_t> ok;
    std::optional<double> content_size;
    std::optional<double> least_ms;
};

Counts counts_of(const Row& row) {
    Counts counts;
    std::uint64_t body_bytes = 0;
    bool bytes_known = true;
    for (const results::Trial* trial : row.trials) {
        if (trial->requests) {
            counts.ok = counts.ok.value_or(0) + trial->requests->ok;
        }
        bytes_known = bytes_known && trial->bytes;
        body_bytes += trial->bytes ? trial->bytes->body : 0;
        if (trial->histogram && !trial->histogram->empty()) {
            const double least = to_milliseconds(trial->histogram->min());
            counts.least_ms = std::min(counts.least_ms.value_or(least), least);
        }
    }
    if (bytes_known && counts.ok.value_or(0) > 0) {
        counts.content_size = static_cast<double>(body_bytes) / static_cast<double>(*counts.ok);
    }
    return counts;
}

std::string name_of(const ProfileTable& table, const Row& row) {
    return fmt::format("{} {}", results::asked_in_words(table.profile), cell_name(table, row));
}

template <std::size_t N>
void add_names(CsvWriter& csv, const std::array<const char*, N>& names) {
    for (const char* name : names) {
        csv.text(name);
    }
}

template <std::size_t N>
void add_header(CsvWriter& csv, const std::array<const char*, N>& names) {
    add_names(csv, names);
    csv.end_line();
}

void add_percentile_names(CsvWriter& csv) {
    for (const auto& [name, quantile] : kPercentiles) {
        csv.text(name);
    }
}

void add_requests(CsvWriter& csv, const ProfileTable& table, const Row& row) {
    constexpr int kMicroseconds = 3;
    const Counts counts = counts_of(row);
    csv.text("GET").text(name_of(table, row)).number(counts.ok).number(row.failed_requests);
    add(csv, percentile_of(row, 0.50), kMicroseconds);
    add(csv, summary_of(row, &results::LatencySummary::mean), kMicroseconds);
    add(csv, counts.least_ms, kMicroseconds);
    add(csv, percentile_of(row, 1.0), kMicroseconds);
    add(csv, counts.content_size, 0);
    add(csv, median_of(row.requests_per_s), 2);
    csv.end_line();
}

void add_distribution(CsvWriter& csv, const ProfileTable& table, const Row& row) {
    csv.text(name_of(table, row)).number(counts_of(row).ok);
    for (const double quantile : kQuantiles) {
        add(csv, percentile_of(row, quantile), 3);
    }
    csv.end_line();
}

// In all of its windows together.
std::optional<double> failures_per_s(const Row& row) {
    double seconds = 0;
    for (const results::Trial* trial : row.trials) {
        seconds += trial->duration_s.value_or(0);
    }
    return seconds > 0 && row.failed_requests
               ? std::optional(static_cast<double>(*row.failed_requests) / seconds)
               : std::nullopt;
}

// Locust counts a failed request as a request too.
void add_stats(CsvWriter& csv, const ProfileTable& table, const Row& row) {
    constexpr int kMicroseconds = 3;
    const Counts counts = counts_of(row);
    const auto failures = failures_per_s(row);
    auto requests = median_of(row.requests_per_s);
    if (requests) {
        *requests += failures.value_or(0);
    }
    csv.text("GET").text(name_of(table, row)).number(row.total_requests);
    csv.number(row.failed_requests);
    add(csv, percentile_of(row, 0.50), kMicroseconds);
    add(csv, summary_of(row, &LatencySummary::mean), kMicroseconds);
    add(csv, counts.least_ms, kMicroseconds);
    add(csv, percentile_of(row, 1.0), kMicroseconds);
    add(csv, counts.content_size, 0);
    add(csv, requests, 2);
    add(csv, failures, 2);
    for (const auto& [name, quantile] : kPercentiles) {
        add(csv, percentile_of(row, quantile), kMicroseconds);
    }
    csv.end_line();
}

void add_failures(CsvWriter& csv, const ProfileTable& table, const Row& row) {
    const auto ended = ended_in_windows(row.trials);
    for (const auto& [name, count] : ended ? ended->by_class : Ended{}.by_class) {
        std::string error = name;
        for (const results::Trial* trial : row.trials) {
            const auto seen = trial->first_failures.find(name);
            if (seen != trial->first_failures.end()) {
                error += ": " + seen->second;
                break;
            }
        }
        csv.text("GET").text(name_of(table, row)).text(error).number(std::optional(count));
        csv.end_line();
    }
}

std::optional<std::int64_t> epoch_of(const results::Trial& trial) {
    Poco::DateTime time;
    int zone = 0;
    if (!trial.started_at || !Poco::DateTimeParser::tryParse(Poco::DateTimeFormat::ISO8601_FORMAT,
                                                             *trial.started_at, time, zone)) {
        return std::nullopt;
    }
    return time.timestamp().epochTime() - zone;
}

// The seconds of the window count from the start of the trial, which is all that is kept of it.
void add_history(CsvWriter& csv, const ProfileTable& table, const Row& row,
                 const results::Trial& trial) {
    const auto start = epoch_of(trial);
    std::optional<double> users;
    if (trial.connections && trial.connections->asked) {
        users = static_cast<double>(*trial.connections->asked);
    }
    std::uint64_t total = 0;
    std::uint64_t failed = 0;
    for (const results::SeriesPoint& point : trial.series) {
        total += point.ok + point.failed;
        failed += point.failed;
        add(csv, start ? std::optional(static_cast<double>(*start + point.t)) : std::nullopt, 0);
        add(csv, users, 0);
        csv.text("GET").text(name_of(table, row));
        csv.number(std::optional(point.ok + point.failed)).number(std::optional(point.failed));
        for (const auto& [name, quantile] : kPercentiles) {
            add(csv,
                quantile == 0.50   ? point.p50_ms
                : quantile == 0.99 ? point.p99_ms
                                   : std::nullopt,
                3);
        }
        csv.number(std::optional(total)).number(std::optional(failed));
        for (std::size_t i = 2; i < kHistoryTotals.size(); ++i) {
            csv.text("N/A");
        }
        csv.end_line();
    }
}

}  // namespace

Documents locust_csv(const results::ResultSet& results) {
    CsvWriter requests, distribution, stats, failures, history;
    add_header(requests, kRequestsHeader);
    add_header(distribution, kDistributionHeader);
    add_names(stats, kStatsHeader);
    add_percentile_names(stats);
    stats.end_line();
    add_header(failures, kFailuresHeader);
    add_names(history, kHistoryHeader);
    add_percentile_names(history);
    add_header(history, kHistoryTotals);
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        add_requests(requests, table, row);
        add_distribution(distribution, table, row);
        add_stats(stats, table, row);
        add_failures(failures, table, row);
        for (const results::Trial* trial : row.trials) {
            add_history(history, table, row, *trial);
        }
    });
    return {{"locust_requests.csv", requests.str()},
            {"locust_distribution.csv", distribution.str()},
            {"locust_stats.csv", stats.str()},
            {"locust_failures.csv", failures.str()},
            {"locust_stats_history.csv", history.str()}};
}

}  // namespace benchhost::report::exports

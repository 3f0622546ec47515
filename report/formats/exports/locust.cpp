// The two files of Locust 0.9, with its headers and its "N/A". Times keep their decimals: Locust
// cuts them to whole milliseconds, which for a local server leaves 0.
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/csv_writer.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/row.hpp"

#include <fmt/format.h>

#include <array>

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

void add(CsvWriter& csv, const std::optional<double>& value, int decimals) {
    if (value) {
        csv.raw(fmt::format("{:.{}f}", *value, decimals));
    } else {
        csv.text("N/A");
    }
}

std::optional<double> summary_of(const Row& row, double results::LatencySummary::*which) {
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
std::optional<double> percentile_of(const Row& row, double quantile) {
    if (const auto value = quantile_of(row, quantile)) {
        return value;
    }
    if (quantile == 0.50) {
        return summary_of(row, &results::LatencySummary::p50);
    }
    if (quantile == 0.75) {
        return summary_of(row, &results::LatencySummary::p75);
    }
    if (quantile == 0.90) {
        return summary_of(row, &results::LatencySummary::p90);
    }
    if (quantile == 0.95) {
        return summary_of(row, &results::LatencySummary::p95);
    }
    if (quantile == 0.99) {
        return summary_of(row, &results::LatencySummary::p99);
    }
    return quantile == 1.0 ? summary_of(row, &results::LatencySummary::max) : std::nullopt;
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
    return fmt::format("/{} {}", table.profile.route, cell_name(table, row));
}

template <std::size_t N>
void add_header(CsvWriter& csv, const std::array<const char*, N>& names) {
    for (const char* name : names) {
        csv.text(name);
    }
    csv.end_line();
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

}  // namespace

Documents locust_csv(const results::ResultSet& results) {
    CsvWriter requests;
    CsvWriter distribution;
    add_header(requests, kRequestsHeader);
    add_header(distribution, kDistributionHeader);
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        add_requests(requests, table, row);
        add_distribution(distribution, table, row);
    });
    return {{"locust_requests.csv", requests.str()},
            {"locust_distribution.csv", distribution.str()}};
}

}  // namespace benchhost::report::exports

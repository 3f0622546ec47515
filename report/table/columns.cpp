#include "report/table/columns.hpp"

#include "report/table/number.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <utility>

namespace benchhost::report {
namespace {

using RowColumn = ColumnOf<Row>;
using RowColumns = ColumnsOf<Row>;

// report.csv has these last, because scripts that read it may count its columns.
constexpr int kLastOfRows = 1;
constexpr int kNewestOfRows = 2;

std::string known(const std::string& text) { return text == kUnknown ? "" : text; }

std::string memory_of(const Row& row) {
    if (!row.rss_idle_bytes && !row.rss_peak_bytes) {
        return kUnknown;
    }
    return mebibytes(median_of(row.rss_idle_bytes)) + " → " +
           mebibytes(median_of(row.rss_peak_bytes));
}

std::string failed_of(const Row& row) {
    return grouped(row.failed_requests) +
           (row.shed_requests > 0 ? fmt::format(" (+{} shed)", grouped(row.shed_requests)) : "");
}

bool is_expected(const Row& row) {
    return row.standing == Standing::measured &&
           (!row.verdict || row.verdict == model::Verdict::server_bound);
}

RowColumns original_columns(const ProfileTable& table) {
    const bool by_load = table.order == Order::highest_load;
    return {
        {"Framework", &Row::label, {"Framework"}, Look::name},
        {"Total Request", &Row::total_requests, {"Total Request", "total_requests"}},
        RowColumn(
            "Request Per Second", &Row::requests_per_s,
            {"Request Per Second", "requests_per_s", "throughput", "rate", "requests/s", true})
            .strong_if([by_load](const Row& row) { return row.alone_first && !by_load; }),
        {"Median Response Time (ms)",
         &Row::p50_ms,
         {.csv = "Median Response Time (ms)",
          .json = "p50_ms",
          .bencher = "latency",
          .bencher_factor = 1e6}},
        RowColumn("Failed Requests", &Row::failed_requests, {"Failed Requests", "failed_requests"})
            .shown_as(failed_of)
            .strong_if([](const Row& row) {
                return row.failed_requests.value_or(0) > 0 || row.shed_requests > 0;
            }),
    };
}

// What only a load of several rates or a search for the limit has to say.
RowColumns load_columns(const ProfileTable& table) {
    RowColumns columns;
    if (!table.step_labels.empty()) {
        columns.push_back({"Capacity (requests/s)", &Row::capacity_per_s});
    }
    for (std::size_t step = 0; step < table.step_labels.size(); ++step) {
        const auto p99_of = [step](const Row& row) {
            const auto& p99 = row.p99_ms_by_step;
            return step < p99.size() ? p99[step] : std::nullopt;
        };
        columns.push_back({fmt::format("p99 at {} (ms)", table.step_labels[step]), p99_of});
    }
    const auto header = [&](const char* what) {
        return table.order == Order::highest_load ? fmt::format("{} ({})", what, table.load_unit)
                                                  : "";
    };
    Names names{"Highest load", "highest_load",  "highest-load",
                "highest load", table.load_unit, true};
    names.group = kLastOfRows;
    columns.push_back(
        RowColumn(header("Highest load without failure"), &Row::highest_load, std::move(names))
            .strong_if(&Row::alone_first));
    columns.push_back(
        {header("First failed"),
         &Row::first_failed_load,
         {.csv = "First failed", .json = "first_failed_load", .group = kNewestOfRows}});
    return columns;
}

RowColumns cost_columns() {
    return {
        {"p99 (ms)", &Row::p99_ms, {"p99 (ms)", "p99_ms", "p99-latency-ms", "p99", "ms"}},
        {"p99.9 (ms)", &Row::p99_9_ms, {"p99.9 (ms)", "p99_9_ms"}},
        {"CPU (µs/request)",
         &Row::cpu_us_per_request,
         {"CPU (us/request)", "cpu_us_per_request", "cpu-us-per-request", "CPU", "us/request"}},
        {"", &Row::rss_idle_bytes, {"RSS idle (bytes)", "rss_idle_bytes"}},
        RowColumn("RSS idle → peak (MiB)", &Row::rss_peak_bytes,
                  {"RSS peak (bytes)", "rss_peak_bytes", "rss-peak-bytes", "RSS peak", "bytes"})
            .shown_as(memory_of),
    };
}

RowColumns standing_columns(const ProfileTable& table) {
    return {
        {"± rounds",
         [order = table.order](const Row& row) {
             const auto& value = ordering_value(row, order);
             return Share{value ? value->spread() : std::nullopt};
         },
         {"Spread over rounds (share)", "spread"}},
        RowColumn("Rank", &Row::place).shown_as(&Row::rank),
        {"", [](const Row& row) { return known(row.rank); }, {"Rank"}},
        RowColumn(
            "Verdict", [](const Row& row) { return known(row.verdict_text); }, {"Verdict"},
            Look::verdict)
            .strong_if([](const Row& row) { return !is_expected(row); }),
        {table.shows_class ? "Class" : "",
         &Row::declared_class,
         {.csv = "Class", .group = kNewestOfRows},
         Look::text},
    };
}

Names lost_share_names() {
    Names names{"Lost share", "lost_share", "lost-share", "lost", "share"};
    names.group = kNewestOfRows;
    return names;
}

RowColumns machine_columns(const ProfileTable& table) {
    return {
        {"",
         [](const Row& row) { return Count(row.shed_requests); },
         {.csv = "Shed requests", .json = "shed_requests", .group = kLastOfRows}},
        {"",
         [](const Row& row) { return Count(row.trials.size()); },
         {.csv = "Rounds", .group = kLastOfRows}},
        {"",
         [name = table.profile.name](const Row&) { return name; },
         {.csv = "Profile", .group = kLastOfRows}},
        {"", &Row::server, {.csv = "Server", .group = kLastOfRows}},
        {"",
         [](const Row& row) { return fmt::format("{}", fmt::join(row.notes, "; ")); },
         {.csv = "Notes", .group = kLastOfRows}},
        {"",
         [unit = table.order == Order::highest_load ? table.load_unit : ""](const Row&) {
             return unit;
         },
         {.csv = "Highest load unit", .group = kNewestOfRows}},
        {"", &Row::lost_share, lost_share_names()},
    };
}

// Of what is neither a count nor a text.
std::optional<double> number_of(const Value& value) {
    if (const auto* rounds = std::get_if<std::optional<OverRounds>>(&value)) {
        return median_of(*rounds);
    }
    const auto* share = std::get_if<Share>(&value);
    return share != nullptr ? share->value : std::get<std::optional<double>>(value);
}

}  // namespace

std::string shown(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return text->empty() ? kUnknown : *text;
    }
    if (const auto* count = std::get_if<Count>(&value)) {
        return grouped(*count);
    }
    const auto number = number_of(value);
    if (number && std::holds_alternative<Share>(value)) {
        return percent(*number);
    }
    return (is_at_least(value) ? "≥ " : "") + rounded(number);
}

bool is_at_least(const Value& value) {
    const auto* rounds = std::get_if<std::optional<OverRounds>>(&value);
    return rounds != nullptr && *rounds && (*rounds)->at_least;
}

std::string exact(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    if (const auto* count = std::get_if<Count>(&value)) {
        return *count ? std::to_string(**count) : "";
    }
    const auto number = number_of(value);
    return number ? exact(*number) : "";
}

RowColumns main_columns(const ProfileTable& table) {
    RowColumns columns;
    for (auto part : {original_columns(table), load_columns(table), cost_columns(),
                      standing_columns(table), machine_columns(table)}) {
        std::move(part.begin(), part.end(), std::back_inserter(columns));
    }
    return columns;
}

}  // namespace benchhost::report

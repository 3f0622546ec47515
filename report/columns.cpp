#include "report/columns.hpp"

#include "report/number.hpp"

#include <fmt/format.h>

namespace benchhost::report {
namespace {

// The five columns that every table begins with.
constexpr std::ptrdiff_t kOriginalColumns = 5;

std::string memory_of(const Row& row) {
    if (!row.rss_idle_bytes && !row.rss_peak_bytes) {
        return kUnknown;
    }
    return mebibytes(median_of(row.rss_idle_bytes)) + " → " +
           mebibytes(median_of(row.rss_peak_bytes));
}

Cell failed_of(const Row& row) {
    const bool any = row.failed_requests.value_or(0) > 0 || row.shed_requests > 0;
    std::string text = grouped(row.failed_requests);
    if (row.shed_requests > 0) {
        text += fmt::format(" (+{} shed)", grouped(row.shed_requests));
    }
    return {text, any};
}

Cell verdict_of(const Row& row) {
    const bool expected = row.standing == Standing::measured &&
                          (!row.verdict || row.verdict == results::Verdict::server_bound);
    return {row.verdict_text, !expected};
}

// Nobody saw it fail: it bears this and perhaps more.
std::string highest_load_of(const Row& row) {
    const std::string load = rounded(median_of(row.highest_load));
    return row.highest_load && !row.first_failed_load ? "≥ " + load : load;
}

std::string spread_of(const Row& row, Order order) {
    const auto& value = ordering_value(row, order);
    const auto spread = value ? value->spread() : std::nullopt;
    return spread ? percent(*spread) : kUnknown;
}

}  // namespace

std::vector<Column> main_columns(const ProfileTable& table) {
    std::vector<Column> columns{
        {"Framework", Align::left},
        {"Total Request"},
        {"Request Per Second"},
        {"Median Response Time (ms)"},
        {"Failed Requests"},
        {"p99 (ms)"},
        {"p99.9 (ms)"},
        {"CPU (µs/request)"},
        {"RSS idle → peak (MiB)", Align::right},
        {"± rounds"},
        {"Rank"},
        {"Verdict", Align::left},
    };
    if (table.shows_class) {
        columns.push_back({"Class", Align::left});
    }
    if (table.order == Order::highest_load) {
        columns.insert(columns.begin() + kOriginalColumns,
                       {{fmt::format("Highest load without failure ({})", table.load_unit)},
                        {fmt::format("First failed ({})", table.load_unit)}});
    }
    if (!table.step_labels.empty()) {
        std::vector<Column> steps{{"Capacity (requests/s)"}};
        for (const std::string& label : table.step_labels) {
            steps.push_back({fmt::format("p99 at {} (ms)", label)});
        }
        columns.insert(columns.begin() + kOriginalColumns, steps.begin(), steps.end());
    }
    return columns;
}

std::vector<Cell> main_cells(const Row& row, const ProfileTable& table) {
    const bool by_load = table.order == Order::highest_load;
    std::vector<Cell> cells{
        {row.label},
        {grouped(row.total_requests)},
        {rounded(median_of(row.requests_per_s)), row.alone_first && !by_load},
        {rounded(median_of(row.p50_ms))},
        failed_of(row),
        {rounded(median_of(row.p99_ms))},
        {rounded(median_of(row.p99_9_ms))},
        {rounded(median_of(row.cpu_us_per_request))},
        {memory_of(row)},
        {spread_of(row, table.order)},
        {row.rank},
        verdict_of(row),
    };
    if (table.shows_class) {
        cells.push_back({row.declared_class.empty() ? kUnknown : row.declared_class});
    }
    if (by_load) {
        cells.insert(cells.begin() + kOriginalColumns,
                     {{highest_load_of(row), row.alone_first}, {rounded(row.first_failed_load)}});
    }
    if (!table.step_labels.empty()) {
        std::vector<Cell> steps{{rounded(median_of(row.capacity_per_s))}};
        for (std::size_t step = 0; step < table.step_labels.size(); ++step) {
            steps.push_back({step < row.p99_ms_by_step.size()
                                 ? rounded(median_of(row.p99_ms_by_step[step]))
                                 : kUnknown});
        }
        cells.insert(cells.begin() + kOriginalColumns, steps.begin(), steps.end());
    }
    return cells;
}

}  // namespace benchhost::report

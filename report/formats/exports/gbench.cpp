#include "core/base/json_writer.hpp"
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/row.hpp"

namespace benchhost::report::exports {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;
constexpr double kNanosecondsPerMicrosecond = 1e3;

struct Entry {
    std::string name;
    std::uint64_t repetitions = 1;
    std::uint64_t repetition = 0;
    std::optional<std::uint64_t> requests;
    std::optional<double> requests_per_s, cpu_us, p50_ms, p99_ms, rss_peak_bytes;
};

// Without cpu_time compare.py passes an entry over, which is right when it is not known.
void write_entry(JsonWriter& json, const Entry& entry) {
    if (!entry.requests_per_s || !(*entry.requests_per_s > 0)) {
        return;
    }
    json.break_line();
    json.begin_object();
    json.field("name", entry.name);
    json.field("run_name", entry.name);
    json.field("run_type", "iteration");
    json.field("repetitions", entry.repetitions);
    json.field("repetition_index", entry.repetition);
    json.field("threads", std::uint64_t{1});
    json.field("iterations", entry.requests);
    json.field("real_time", kNanosecondsPerSecond / *entry.requests_per_s);
    if (entry.cpu_us) {
        json.field("cpu_time", *entry.cpu_us * kNanosecondsPerMicrosecond);
    }
    json.field("time_unit", "ns");
    json.field("requests_per_second", entry.requests_per_s);
    json.field("p50_ms", entry.p50_ms);
    json.field("p99_ms", entry.p99_ms);
    json.field("rss_peak_bytes", entry.rss_peak_bytes);
    json.end_object();
}

Entry entry_of(const ProfileTable& table, const Row& row) {
    Entry entry;
    entry.name = cell_name(table, row);
    entry.requests = row.total_requests;
    entry.requests_per_s = median_of(row.requests_per_s);
    entry.cpu_us = median_of(row.cpu_us_per_request);
    entry.p50_ms = median_of(row.p50_ms);
    entry.p99_ms = median_of(row.p99_ms);
    entry.rss_peak_bytes = median_of(row.rss_peak_bytes);
    return entry;
}

Entry entry_of(const std::string& name, const results::Trial& trial) {
    Entry entry;
    entry.name = name;
    if (trial.requests) {
        entry.requests = trial.requests->sent;
    }
    entry.requests_per_s = trial.requests_per_s;
    if (trial.response_time_ms) {
        entry.p50_ms = trial.response_time_ms->p50;
        entry.p99_ms = trial.response_time_ms->p99;
    }
    if (trial.server_usage) {
        entry.cpu_us = trial.server_usage->cpu_us_per_request;
        if (trial.server_usage->rss_peak_bytes) {
            entry.rss_peak_bytes = static_cast<double>(*trial.server_usage->rss_peak_bytes);
        }
    }
    return entry;
}

void write_context(JsonWriter& json, const results::ResultSet& results) {
    json.break_line();
    json.key("context");
    json.begin_object();
    json.field("date", results.created_at);
    json.field("executable", "benchhost " + results.benchhost_version);
    json.field("suite", results.suite);
    for (const auto& [key, value] : results.environment) {
        json.field("environment." + key, value);
    }
    json.field("library_build_type", "release");
    json.end_object();
}

template <class WriteEntries>
std::string document(const results::ResultSet& results, WriteEntries write_entries) {
    JsonWriter json;
    json.begin_object();
    write_context(json, results);
    json.break_line();
    json.key("benchmarks");
    json.begin_array();
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        write_entries(json, table, row);
    });
    json.break_line();
    json.end_array();
    json.end_object();
    return json.take() + "\n";
}

}  // namespace

std::string gbench(const results::ResultSet& results) {
    return document(results, [](JsonWriter& json, const ProfileTable& table, const Row& row) {
        write_entry(json, entry_of(table, row));
    });
}

std::string gbench_rounds(const results::ResultSet& results) {
    return document(results, [](JsonWriter& json, const ProfileTable& table, const Row& row) {
        std::vector<const results::Trial*> usable;
        for (const results::Trial* trial : row.trials) {
            if (is_usable(*trial)) {
                usable.push_back(trial);
            }
        }
        for (std::size_t i = 0; i < usable.size(); ++i) {
            Entry entry = entry_of(cell_name(table, row), *usable[i]);
            entry.repetitions = usable.size();
            entry.repetition = i;
            write_entry(json, entry);
        }
    });
}

}  // namespace benchhost::report::exports

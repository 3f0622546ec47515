#include "core/base/json_writer.hpp"
#include "core/results/losses.hpp"
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/books.hpp"
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
    std::optional<double> requests_per_s, cpu_us, rss_peak_bytes, lost_share;
    std::optional<OverRounds> p50_ms, p99_ms;
    bool rate_at_least = false;
    std::string label;
};

// A counter beside the number says that it is a lower bound.
void write_percentile(JsonWriter& json, const std::string& name,
                      const std::optional<OverRounds>& value) {
    json.field(name, median_of(value));
    if (value && value->at_least) {
        json.field(name + "_at_least", 1.0);
    }
}

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
    if (entry.rate_at_least) {
        json.field("requests_per_second_at_least", 1.0);
    }
    write_percentile(json, "p50_ms", entry.p50_ms);
    write_percentile(json, "p99_ms", entry.p99_ms);
    json.field("rss_peak_bytes", entry.rss_peak_bytes);
    json.field("lost_share", entry.lost_share);
    json.field("label", entry.label);
    json.end_object();
}

std::string label_of(const Row& row) {
    return row.verdict_text + (row.declared_class.empty() ? "" : ", class " + row.declared_class);
}

Entry entry_of(const ProfileTable& table, const Row& row) {
    Entry entry;
    entry.name = cell_name(table, row);
    entry.requests = row.total_requests;
    entry.requests_per_s = median_of(row.requests_per_s);
    entry.rate_at_least = row.requests_per_s && row.requests_per_s->at_least;
    entry.cpu_us = median_of(row.cpu_us_per_request);
    entry.p50_ms = row.p50_ms;
    entry.p99_ms = row.p99_ms;
    entry.rss_peak_bytes = median_of(row.rss_peak_bytes);
    entry.lost_share = median_of(row.lost_share);
    entry.label = label_of(row);
    return entry;
}

Entry entry_of(const ProfileTable& table, const Row& row, const results::Trial& trial) {
    const auto percentile = [&](double results::LatencySummary::*which) {
        return percentile_over_rounds({&trial}, which, table.profile.timeout);
    };
    Entry entry;
    entry.name = cell_name(table, row);
    if (const auto ended = ended_in_window(trial)) {
        entry.requests = ended->total;
    }
    entry.requests_per_s = trial.requests_per_s;
    entry.rate_at_least = row.requests_per_s && row.requests_per_s->at_least;
    entry.p50_ms = percentile(&results::LatencySummary::p50);
    entry.p99_ms = percentile(&results::LatencySummary::p99);
    entry.lost_share = results::lost_requests(trial);
    entry.label = label_of(row);
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
            Entry entry = entry_of(table, row, *usable[i]);
            entry.repetitions = usable.size();
            entry.repetition = i;
            write_entry(json, entry);
        }
    });
}

}  // namespace benchhost::report::exports

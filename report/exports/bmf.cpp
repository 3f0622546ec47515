// Bencher Metric Format. The bounds are the least and the largest round, which for n rounds cover
// the true median with 1 - 2^(1-n).
#include "core/results/json_writer.hpp"
#include "report/exports/cells.hpp"
#include "report/exports/exports.hpp"

namespace benchhost::report::exports {
namespace {

void add(results::JsonWriter& json, const char* measure, const std::optional<OverRounds>& value,
         double factor = 1) {
    if (!value) {
        return;
    }
    json.break_line();
    json.key(measure);
    json.begin_object();
    json.field("value", value->median * factor);
    if (value->rounds > 1) {
        json.field("lower_value", value->least * factor);
        json.field("upper_value", value->most * factor);
    }
    json.end_object();
}

}  // namespace

std::string bmf(const results::ResultSet& results) {
    constexpr double kNanosecondsPerMillisecond = 1e6;
    results::JsonWriter json;
    json.begin_object();
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        json.break_line();
        json.key(cell_name(table, row));
        json.begin_object();
        add(json, "throughput", row.requests_per_s);  // Bencher's own: operations/s
        add(json, "latency", row.p50_ms, kNanosecondsPerMillisecond);  // Bencher's own: ns
        add(json, "p99-latency-ms", row.p99_ms);
        add(json, "cpu-us-per-request", row.cpu_us_per_request);
        add(json, "rss-peak-bytes", row.rss_peak_bytes);
        add(json, "highest-load", row.highest_load);
        json.end_object();
    });
    json.end_object();
    return json.take() + "\n";
}

}  // namespace benchhost::report::exports

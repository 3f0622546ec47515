#include "report/formats/html/view.hpp"

#include "core/base/json_writer.hpp"
#include "core/results/losses.hpp"
#include "report/table/percentile_curve.hpp"
#include "report/table/row.hpp"
#include "report/table/text.hpp"

namespace benchhost::report {
namespace {

using results::Trial;

constexpr int kPointsPerNine = 8;
constexpr int kMostNines = 6;

std::vector<const Trial*> usable_of(const Row& row) {
    std::vector<const Trial*> usable;
    for (const Trial* trial : row.trials) {
        if (is_usable(*trial)) {
            usable.push_back(trial);
        }
    }
    return usable;
}

// [quantile, ms]
void write_percentiles(JsonWriter& json, const char* key, const Row& row,
                       std::optional<stats::StoredHistogram> Trial::*histogram) {
    json.key(key);
    json.begin_array();
    for (const CurvePoint& point : percentile_curve(row, histogram, kMostNines, kPointsPerNine)) {
        json.begin_array();
        json.value(point.quantile);
        json.value(point.ms);
        json.end_array();
    }
    json.end_array();
}

void write_rounds(JsonWriter& json, const std::vector<const Trial*>& usable) {
    json.key("rounds");
    json.begin_array();
    for (const Trial* trial : usable) {
        json.begin_object();
        json.field("round", trial->round);
        json.field("rate", trial->requests_per_s);
        if (trial->server_usage) {
            json.field("cpu_us", trial->server_usage->cpu_us_per_request);
        }
        json.end_object();
    }
    json.end_array();
}

void write_warmup(JsonWriter& json, const std::vector<const Trial*>& usable) {
    json.key("warmup");
    json.begin_array();
    if (!usable.empty()) {
        for (const results::WarmupPoint& point : usable.back()->warmup) {
            json.begin_object();
            json.field("t", point.t);
            json.field("ok", point.requests_per_s);
            json.field("p99_ms", point.p99_ms);
            json.end_object();
        }
    }
    json.end_array();
}

void write_series(JsonWriter& json, const std::vector<const Trial*>& usable) {
    json.key("series");
    json.begin_array();
    if (!usable.empty()) {
        for (const results::SeriesPoint& point : usable.back()->series) {
            json.begin_object();
            json.field("t", point.t);
            json.field("ok", point.ok);
            json.field("failed", point.failed);
            json.field("p99_ms", point.p99_ms);
            json.field("rss_bytes", point.rss_bytes);
            json.end_object();
        }
    }
    json.end_array();
}

void write_steps(JsonWriter& json, const std::vector<const Trial*>& usable,
                 const std::optional<Nanoseconds>& timeout) {
    json.key("steps");
    json.begin_array();
    if (!usable.empty() && (usable.back()->limit || usable.back()->sweep)) {
        const Trial& last = *usable.back();
        for (const auto& step : last.limit ? last.limit->steps : last.sweep->steps) {
            json.begin_object();
            json.field("load", step.load);
            json.field("passed", step.passed);
            json.field("failed", step.failed);
            const auto p99 = results::percentile(step, &results::LoadStep::p99_ms, timeout);
            json.field("p99_ms", p99 ? std::optional(p99->ms) : std::nullopt);
            json.end_object();
        }
    }
    json.end_array();
}

void write_row(JsonWriter& json, const Row& row, const std::optional<Nanoseconds>& timeout) {
    const auto usable = usable_of(row);
    json.break_line();
    json.begin_object();
    json.field("server", one_line(row.server));  // as the tables name it
    json.field("label", one_line(row.label));
    if (row.requests_per_s) {
        json.field("requests_per_s", row.requests_per_s->median);
    }
    if (row.highest_load) {
        json.field("highest_load", row.highest_load->median);
    }
    write_rounds(json, usable);
    write_percentiles(json, "percentiles", row, &Trial::histogram);
    write_percentiles(json, "service_percentiles", row, &Trial::service_histogram);
    write_warmup(json, usable);
    write_series(json, usable);
    write_steps(json, usable, timeout);
    json.end_object();
}

}  // namespace

std::string html_view(const std::vector<ProfileTable>& tables) {
    JsonWriter json;
    json.begin_object();
    json.key("profiles");
    json.begin_array();
    for (const ProfileTable& table : tables) {
        json.break_line();
        json.begin_object();
        json.field("name", one_line(table.profile.name));
        json.field("load_unit", table.load_unit);
        json.key("rows");
        json.begin_array();
        for (const Row& row : table.rows) {
            write_row(json, row, table.profile.timeout);
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

}  // namespace benchhost::report

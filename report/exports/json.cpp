#include "core/results/json_writer.hpp"
#include "report/captions.hpp"
#include "report/exports/exports.hpp"
#include "report/number.hpp"
#include "report/over_rounds_json.hpp"
#include "report/table.hpp"

namespace benchhost::report::exports {
namespace {

const char* name_of(Standing standing) {
    switch (standing) {
        case Standing::invalid:
            return "invalid";
        case Standing::failed:
            return "failed";
        case Standing::skipped:
            return "skipped";
        case Standing::measured:
            break;
    }
    return "measured";
}

const char* name_of(Order order) {
    switch (order) {
        case Order::p99:
            return "p99_ms";
        case Order::highest_load:
            return "highest_load";
        case Order::requests_per_s:
            break;
    }
    return "requests_per_s";
}

void write_row(results::JsonWriter& json, const Row& row, Order order) {
    json.break_line();
    json.begin_object();
    json.field("server", row.server);
    json.field("label", row.label);
    json.field("standing", name_of(row.standing));
    if (row.rank != kUnknown) {
        json.field("rank", row.rank);
    }
    if (row.verdict) {
        json.field("verdict", to_string(*row.verdict));
    }
    json.field("total_requests", row.total_requests);
    json.field("failed_requests", row.failed_requests);
    json.field("shed_requests", row.shed_requests);
    write_over_rounds(json, "requests_per_s", row.requests_per_s);
    write_over_rounds(json, "p50_ms", row.p50_ms);
    write_over_rounds(json, "p99_ms", row.p99_ms);
    write_over_rounds(json, "p99_9_ms", row.p99_9_ms);
    write_over_rounds(json, "cpu_us_per_request", row.cpu_us_per_request);
    write_over_rounds(json, "rss_idle_bytes", row.rss_idle_bytes);
    write_over_rounds(json, "rss_peak_bytes", row.rss_peak_bytes);
    write_over_rounds(json, "highest_load", row.highest_load);
    json.field("first_failed_load", row.first_failed_load);
    const auto& value = ordering_value(row, order);
    json.field("spread", value ? value->spread() : std::nullopt);
    json.break_line();
    json.key("notes");
    json.begin_array();
    for (const std::string& note : row.notes) {
        json.value(note);
    }
    json.break_line();
    json.end_array();
    json.end_object();
}

}  // namespace

std::string json(const results::ResultSet& results) {
    results::JsonWriter json;
    json.begin_object();
    json.field("schema", "benchhost.report/1");
    json.field("suite", results.suite);
    json.field("created_at", results.created_at);
    json.field("benchhost_version", results.benchhost_version);
    json.field("rounds", std::uint64_t{results.rounds});
    json.field("interrupted", results.interrupted);
    json.break_line();
    json.key("profiles");
    json.begin_array();
    for (const ProfileTable& table : make_tables(results)) {
        json.break_line();
        json.begin_object();
        json.field("name", table.profile.name);
        json.field("route", table.profile.route);
        json.field("load", table.profile.load);
        json.field("description", table.profile.description);
        json.field("ordered_by", name_of(table.order));
        json.field("headline", headline(table));
        json.break_line();
        json.key("rows");
        json.begin_array();
        for (const Row& row : table.rows) {
            write_row(json, row, table.order);
        }
        json.break_line();
        json.end_array();
        json.end_object();
    }
    json.break_line();
    json.end_array();
    json.end_object();
    return json.take() + "\n";
}

}  // namespace benchhost::report::exports

#include "report/captions.hpp"
#include "report/exports/exports.hpp"
#include "report/json_writer.hpp"
#include "report/number.hpp"
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

void write_row(JsonWriter& json, const Row& row, Order order) {
    json.begin_object();
    json.text("server", row.server);
    json.text("label", row.label);
    json.text("standing", name_of(row.standing));
    if (row.rank != kUnknown) {
        json.text("rank", row.rank);
    }
    if (row.verdict) {
        json.text("verdict", to_string(*row.verdict));
    }
    json.number("total_requests", row.total_requests);
    json.number("failed_requests", row.failed_requests);
    json.number("shed_requests", row.shed_requests);
    json.over_rounds("requests_per_s", row.requests_per_s);
    json.over_rounds("p50_ms", row.p50_ms);
    json.over_rounds("p99_ms", row.p99_ms);
    json.over_rounds("p99_9_ms", row.p99_9_ms);
    json.over_rounds("cpu_us_per_request", row.cpu_us_per_request);
    json.over_rounds("rss_idle_bytes", row.rss_idle_bytes);
    json.over_rounds("rss_peak_bytes", row.rss_peak_bytes);
    json.over_rounds("highest_load", row.highest_load);
    json.number("first_failed_load", row.first_failed_load);
    const auto& value = ordering_value(row, order);
    json.number("spread", value ? value->spread() : std::nullopt);
    json.begin_array("notes");
    for (const std::string& note : row.notes) {
        json.text({}, note);
    }
    json.end_array();
    json.end_object();
}

}  // namespace

std::string json(const results::ResultSet& results) {
    JsonWriter json;
    json.begin_object();
    json.text("schema", "benchhost.report/1");
    json.text("suite", results.suite);
    json.text("created_at", results.created_at);
    json.text("benchhost_version", results.benchhost_version);
    json.number("rounds", std::uint64_t{results.rounds});
    json.boolean("interrupted", results.interrupted);
    json.begin_array("profiles");
    for (const ProfileTable& table : make_tables(results)) {
        json.begin_object();
        json.text("name", table.profile.name);
        json.text("route", table.profile.route);
        json.text("load", table.profile.load);
        json.text("description", table.profile.description);
        json.text("ordered_by", name_of(table.order));
        json.text("headline", headline(table));
        json.begin_array("rows");
        for (const Row& row : table.rows) {
            write_row(json, row, table.order);
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

}  // namespace benchhost::report::exports

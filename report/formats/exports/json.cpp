#include "core/base/json_writer.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/captions.hpp"
#include "report/table/columns.hpp"
#include "report/table/number.hpp"
#include "report/table/over_rounds_json.hpp"
#include "report/table/table.hpp"

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

void write(JsonWriter& json, const ColumnOf<Row>& column, const Value& value) {
    const std::string& key = column.names.json;
    if (const auto* rounds = std::get_if<std::optional<OverRounds>>(&value)) {
        write_over_rounds(json, key, *rounds);
    } else if (const auto* count = std::get_if<Count>(&value)) {
        json.field(key, *count);
    } else if (const auto* share = std::get_if<Share>(&value)) {
        json.field(key, share->value);
    } else {
        json.field(key, std::get<std::optional<double>>(value));
    }
}

void write_row(JsonWriter& json, const ColumnsOf<Row>& columns, const Row& row) {
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
    if (!row.declared_class.empty()) {
        json.field("class", row.declared_class);
    }
    for (std::size_t kind = 0; kind < std::variant_size_v<Value>; ++kind) {
        for (const auto& column : columns) {
            if (const Value value = column.value(row); value.index() == kind) {
                write(json, column, value);
            }
        }
    }
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
    JsonWriter json;
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
        if (!table.profile.route.empty()) {
            json.field("route", table.profile.route);
        } else {
            json.field("asked", results::asked_in_words(table.profile));
        }
        json.field("load", results::load_name(table.profile.load));
        json.field("description", table.profile.description);
        json.field("ordered_by", name_of(table.order));
        json.field("headline", headline(table));
        json.break_line();
        json.key("rows");
        json.begin_array();
        const auto columns = named(main_columns(table), &Names::json);
        for (const Row& row : table.rows) {
            write_row(json, columns, row);
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

// benchmark-action/github-action-benchmark: customBiggerIsBetter and customSmallerIsBetter. The
// action compares whatever has the same name, so names carry the metric.
#include "core/base/json_writer.hpp"
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/columns.hpp"
#include "report/table/number.hpp"

#include <fmt/format.h>

namespace benchhost::report::exports {
namespace {

void add(JsonWriter& json, const std::string& cell, const ColumnOf<Row>& column, const Row& row) {
    const auto value = std::get<std::optional<OverRounds>>(column.value(row));
    if (!value) {
        return;
    }
    json.break_line();
    json.begin_object();
    json.field("name", fmt::format("{} {}", cell, column.names.github));
    json.field("unit", column.names.unit);
    json.field("value", value->median);
    if (const auto spread = value->spread()) {
        json.field("range", "± " + percent(*spread));
    }
    json.field("extra", fmt::format("{} rounds: {} to {}", value->rounds, rounded(value->least),
                                    rounded(value->most)));
    json.end_object();
}

}  // namespace

Documents github_custom(const results::ResultSet& results) {
    JsonWriter bigger;
    JsonWriter smaller;
    bigger.begin_array();
    smaller.begin_array();
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        for (const auto& column : named(main_columns(table), &Names::github)) {
            add(column.names.more_is_better ? bigger : smaller, cell_name(table, row), column, row);
        }
    });
    bigger.break_line();
    bigger.end_array();
    smaller.break_line();
    smaller.end_array();
    return {{"bigger.json", bigger.take() + "\n"}, {"smaller.json", smaller.take() + "\n"}};
}

}  // namespace benchhost::report::exports

// benchmark-action/github-action-benchmark: customBiggerIsBetter and customSmallerIsBetter. The
// action compares whatever has the same name, so names carry the metric, and whether it is a lower
// bound: one that rises is no gain.
#include "core/base/json_writer.hpp"
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/columns.hpp"
#include "report/table/number.hpp"

#include <fmt/format.h>

namespace benchhost::report::exports {
namespace {

std::string extra_of(const OverRounds& value, const Row& row) {
    std::string text = fmt::format("{} round{}: ", value.rounds, value.rounds == 1 ? "" : "s");
    if (value.rounds > 1) {
        text += rounded(value.least) + " to ";
    }
    text += (value.some_at_least ? "≥ " : "") + rounded(value.most);
    text += fmt::format("; {}; {} of {} requests failed", row.verdict_text,
                        grouped(row.failed_requests), grouped(row.total_requests));
    return text + (row.declared_class.empty() ? "" : "; class " + row.declared_class);
}

void add(JsonWriter& json, const std::string& cell, const ColumnOf<Row>& column, const Row& row) {
    const auto value = std::get<std::optional<OverRounds>>(column.value(row));
    if (!value) {
        return;
    }
    json.break_line();
    json.begin_object();
    json.field("name", fmt::format("{} {}{}", cell, column.names.github,
                                   value->at_least ? " (at least)" : ""));
    json.field("unit", column.names.unit);
    json.field("value", value->median);
    if (const auto spread = value->spread()) {
        json.field("range", "± " + percent(*spread));
    }
    json.field("extra", extra_of(*value, row));
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

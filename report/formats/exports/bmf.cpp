// Bencher Metric Format. The bounds are the least and the largest round, which for n rounds cover
// the true median with 1 - 2^(1-n).
#include "core/base/json_writer.hpp"
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/columns.hpp"

#include <algorithm>

namespace benchhost::report::exports {
namespace {

void add(JsonWriter& json, const ColumnOf<Row>& column, const Row& row) {
    const auto value = std::get<std::optional<OverRounds>>(column.value(row));
    if (!value) {
        return;
    }
    json.break_line();
    // A measure of its own: a lower bound that rises is no gain.
    json.key(column.names.bencher + (value->at_least ? "-at-least" : ""));
    json.begin_object();
    json.field("value", value->median * column.names.bencher_factor);
    if (value->rounds > 1) {
        json.field("lower_value", value->least * column.names.bencher_factor);
        if (!value->some_at_least) {
            json.field("upper_value", value->most * column.names.bencher_factor);
        }
    }
    json.end_object();
}

// The format has only numbers: the share of the rounds whose numbers are the server's.
void add_verdict(JsonWriter& json, const Row& row) {
    const auto bound = std::count_if(
        row.trials.begin(), row.trials.end(),
        [](const results::Trial* trial) { return trial->verdict == model::Verdict::server_bound; });
    json.break_line();
    json.key("server-bound-rounds");
    json.begin_object();
    json.field("value", static_cast<double>(bound) / static_cast<double>(row.trials.size()));
    json.end_object();
}

}  // namespace

std::string bmf(const results::ResultSet& results) {
    JsonWriter json;
    json.begin_object();
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        json.break_line();
        json.key(cell_name(table, row));
        json.begin_object();
        for (const auto& column : named(main_columns(table), &Names::bencher)) {
            add(json, column, row);
        }
        add_verdict(json, row);
        json.end_object();
    });
    json.end_object();
    return json.take() + "\n";
}

}  // namespace benchhost::report::exports

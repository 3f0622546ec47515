#include "report/formats/exports/csv_writer.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/columns.hpp"

#include <map>

namespace benchhost::report::exports {
namespace {

template <class Of>
void add_header(CsvWriter& csv, const ColumnsOf<Of>& columns) {
    for (const auto& column : columns) {
        csv.text(column.names.csv);
    }
    csv.text("At least");
    csv.end_line();
}

// Last, the names of the columns whose number is a lower bound: a number stays one for who reads
// it.
template <class Of>
void add_line(CsvWriter& csv, const ColumnsOf<Of>& columns, const Of& row) {
    std::string bounds;
    for (const auto& column : columns) {
        const Value value = column.value(row);
        if (is_at_least(value)) {
            bounds += (bounds.empty() ? "" : "; ") + column.names.csv;
        }
        if (const auto* text = std::get_if<std::string>(&value)) {
            csv.text(*text);
        } else {
            csv.raw(exact(value));
        }
    }
    csv.text(bounds);
    csv.end_line();
}

}  // namespace

std::string csv(const results::ResultSet& results) {
    CsvWriter csv;
    add_header(csv, named(main_columns({}), &Names::csv));
    for (const ProfileTable& table : make_tables(results)) {
        const auto columns = named(main_columns(table), &Names::csv);
        for (const Row& row : table.rows) {
            add_line(csv, columns, row);
        }
    }
    return csv.str();
}

std::string rounds_csv(const results::ResultSet& results) {
    CsvWriter csv;
    add_header(csv, named(round_columns({}), &Names::csv));
    std::map<std::string, ColumnsOf<results::Trial>> columns;
    for (const auto& profile : results.profiles) {
        columns.emplace(profile.name, named(round_columns(profile.timeout), &Names::csv));
    }
    for (const results::Trial& trial : results.trials) {
        const auto known = columns.find(trial.profile);
        add_line(csv,
                 known == columns.end() ? named(round_columns({}), &Names::csv) : known->second,
                 trial);
    }
    return csv.str();
}

}  // namespace benchhost::report::exports

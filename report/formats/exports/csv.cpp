#include "report/formats/exports/csv_writer.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/columns.hpp"

namespace benchhost::report::exports {
namespace {

template <class Of>
void add_header(CsvWriter& csv, const ColumnsOf<Of>& columns) {
    for (const auto& column : columns) {
        csv.text(column.names.csv);
    }
    csv.end_line();
}

template <class Of>
void add_line(CsvWriter& csv, const ColumnsOf<Of>& columns, const Of& row) {
    for (const auto& column : columns) {
        const Value value = column.value(row);
        if (const auto* text = std::get_if<std::string>(&value)) {
            csv.text(*text);
        } else {
            csv.raw(exact(value));
        }
    }
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
    const auto columns = named(round_columns(), &Names::csv);
    add_header(csv, columns);
    for (const results::Trial& trial : results.trials) {
        add_line(csv, columns, trial);
    }
    return csv.str();
}

}  // namespace benchhost::report::exports

// The tables of a report, column by column: what each is called and what it says. Every format is a
// loop over them, so a new column is one row of main_columns() or round_columns().
#pragma once

#include "report/table/table.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace benchhost::report {

enum class Align { left, right };

struct Column {
    std::string header;
    Align align = Align::right;
};

using Count = std::optional<std::uint64_t>;
struct Share {
    std::optional<double> value;  ///< 0.05 is 5 %
};
/// What a cell says; "" is a text that is not known. A column's cells are all of one kind, and a
/// JSON object has the kinds in this order.
using Value =
    std::variant<Count, std::optional<OverRounds>, std::optional<double>, Share, std::string>;

std::string shown(const Value& value);  ///< for people: "1,234" "≥ 12.3" "5.0 %" "–"
/// No more is known of it than a lower bound.
bool is_at_least(const Value& value);
/// For machines: the count, the median or the number, exact and without a unit; "" when not known.
std::string exact(const Value& value);

/// What machines call a column; "" leaves it out.
struct Names {
    std::string csv = "", json = "";
    std::string bencher = "";            ///< a measure
    std::string github = "", unit = "";  ///< in bigger.json, when that is better, or smaller.json
    bool more_is_better = false;
    double bencher_factor = 1;  ///< from our unit to Bencher's
    int group = 0;  ///< the lower first; those of one group are in the order of the table
    std::string benchstat = "";  ///< a unit
};

enum class Look { number, text, name, verdict, prose };  ///< prose has a place only in HTML

template <class Of>
struct ColumnOf {
    using Get = std::function<Value(const Of&)>;
    using Show = std::function<std::string(const Of&)>;
    using Test = std::function<bool(const Of&)>;

    ColumnOf(std::string its_header, Get get, Names its_names = {}, Look its_look = Look::number)
        : header(std::move(its_header)),
          value(std::move(get)),
          names(std::move(its_names)),
          look(its_look) {}
    ColumnOf& shown_as(Show how) { return show = std::move(how), *this; }
    ColumnOf& strong_if(Test test) { return strong = std::move(test), *this; }
    Align align() const { return look == Look::number ? Align::right : Align::left; }

    std::string header;  ///< for people; "" hides it from them
    Get value;
    Names names;
    Look look;
    Show show;    ///< unless empty: instead of shown(value)
    Test strong;  ///< unless empty: the reader shall not miss it
};
template <class Of>
using ColumnsOf = std::vector<ColumnOf<Of>>;

/// The five columns of the original benchmark first, in its order.
ColumnsOf<Row> main_columns(const ProfileTable& table);
/// `timeout` of the profile.
ColumnsOf<results::Trial> round_columns(const std::optional<Nanoseconds>& timeout);

/// Those that a format has a name for, such as &Names::csv, in the order of the groups.
template <class Of>
ColumnsOf<Of> named(ColumnsOf<Of> columns, std::string Names::*name) {
    std::erase_if(columns, [name](const auto& column) { return (column.names.*name).empty(); });
    std::stable_sort(columns.begin(), columns.end(), [](const auto& left, const auto& right) {
        return left.names.group < right.names.group;
    });
    return columns;
}

/// Those that people read, in the order of the table.
template <class Of>
ColumnsOf<Of> visible(ColumnsOf<Of> columns) {
    std::erase_if(columns, [](const auto& column) { return column.header.empty(); });
    return columns;
}

/// Plain text, not escaped for anything.
struct Cell {
    std::string text;
    bool strong = false;
};
template <class Of>
Cell cell_of(const ColumnOf<Of>& column, const Of& row) {
    return {column.show ? column.show(row) : shown(column.value(row)),
            column.strong && column.strong(row)};
}

}  // namespace benchhost::report

// The main table, cell by cell: the same for Markdown and for the terminal.
#pragma once

#include "report/table.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

enum class Align { left, right };

struct Column {
    std::string header;
    Align align = Align::right;
};

/// Plain text, not escaped for anything.
struct Cell {
    std::string text;
    bool strong = false;  ///< the reader shall not miss it
};

/// The five columns of the original benchmark first, in its order.
std::vector<Column> main_columns(const ProfileTable& table);
std::vector<Cell> main_cells(const Row& row, const ProfileTable& table);

}  // namespace benchhost::report

#include "report/formats/markdown.hpp"
#include "report/table/text.hpp"

#include <algorithm>
#include <utility>

namespace benchhost::report {
namespace {

constexpr std::size_t kLeastWidth = 3;  // of the dashes under a header

std::string aligned(const std::string& cell, std::size_t width, Align align) {
    const std::string space(width - std::min(width, display_width(cell)), ' ');
    return align == Align::left ? cell + space : space + cell;
}

}  // namespace

MarkdownTable::MarkdownTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

void MarkdownTable::add(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    rows_.push_back(std::move(cells));
}

std::string MarkdownTable::text() const {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        std::size_t width = std::max(kLeastWidth, display_width(columns_[column].header));
        for (const auto& row : rows_) {
            width = std::max(width, display_width(row[column]));
        }
        widths.push_back(width);
    }
    std::string header = "|";
    std::string rule = "|";
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        const Align align = columns_[column].align;
        header += " " + aligned(columns_[column].header, widths[column], align) + " |";
        const std::string dashes(widths[column] - 1, '-');
        rule += align == Align::left ? " :" + dashes + " |" : " " + dashes + ": |";
    }
    std::string out = header + "\n" + rule + "\n";
    for (const auto& row : rows_) {
        out += "|";
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            out += " " + aligned(row[column], widths[column], columns_[column].align) + " |";
        }
        out += "\n";
    }
    return out;
}

}  // namespace benchhost::report

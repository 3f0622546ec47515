// Markdown that GitHub and GitLab show well and whose source is aligned.
#pragma once

#include "report/table/columns.hpp"
#include "report/table/table.hpp"
#include "report/table/text.hpp"

#include <string>
#include <utility>
#include <vector>

namespace benchhost::report {

class MarkdownTable {
  public:
    explicit MarkdownTable(std::vector<Column> columns);  ///< headers are Markdown already
    /// Cells are Markdown already; missing ones at the end are empty.
    void add(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }
    std::string text() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// `rows` as `columns` have it, but for what has a place only in HTML.
template <class Of>
std::string markdown_table(ColumnsOf<Of> columns, const std::vector<const Of*>& rows) {
    columns = visible(std::move(columns));
    std::erase_if(columns, [](const auto& column) { return column.look == Look::prose; });
    std::vector<Column> headers;
    for (const auto& column : columns) {
        headers.push_back({markdown_escaped(column.header), column.align()});
    }
    MarkdownTable table(std::move(headers));
    for (const Of* row : rows) {
        std::vector<std::string> cells;
        for (const auto& column : columns) {
            const Cell cell = cell_of(column, *row);
            const std::string text = markdown_escaped(cell.text);
            cells.push_back(cell.strong ? "**" + text + "**" : text);
        }
        table.add(std::move(cells));
    }
    return table.text();
}

/// The main table of one profile alone: what stands between markers in a README.
std::string main_table(const ProfileTable& table);

/// report.md: headlines, main tables, captions and notes first, then, folded, every round, what was
/// checked, the environment and how to reproduce it. The same results give the same bytes.
std::string markdown(const results::ResultSet& results);

/// "text: 3 servers, 1 profile, 5 rounds"
std::string title(const results::ResultSet& results);

}  // namespace benchhost::report

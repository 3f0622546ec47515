// Markdown that GitHub and GitLab show well and that also reads well in a terminal.
#pragma once

#include "report/table.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

/// A Markdown table whose source is aligned: right-aligned columns but for those named.
class MarkdownTable {
  public:
    enum class Align { left, right };
    struct Column {
        std::string header;  ///< Markdown
        Align align = Align::right;
    };

    explicit MarkdownTable(std::vector<Column> columns);
    /// Cells are Markdown already; missing ones at the end are empty.
    void add(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }
    std::string text() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// The main table of one profile alone: what stands between markers in a README.
std::string main_table(const ProfileTable& table);

/// Headline, main tables, captions and notes: what a run prints.
std::string summary(const results::ResultSet& results);

/// report.md: the summary first, then, folded, every round, what was checked, the environment and
/// how to reproduce it. The same results give the same bytes.
std::string markdown(const results::ResultSet& results);

}  // namespace benchhost::report

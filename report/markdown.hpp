// Markdown that GitHub and GitLab show well and whose source is aligned.
#pragma once

#include "report/columns.hpp"
#include "report/table.hpp"

#include <string>
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

/// The main table of one profile alone: what stands between markers in a README.
std::string main_table(const ProfileTable& table);

/// report.md: headlines, main tables, captions and notes first, then, folded, every round, what was
/// checked, the environment and how to reproduce it. The same results give the same bytes.
std::string markdown(const results::ResultSet& results);

/// "text: 3 servers, 1 profile, 5 rounds"
std::string title(const results::ResultSet& results);

}  // namespace benchhost::report

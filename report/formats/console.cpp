#include "report/formats/console.hpp"

#include "report/formats/hosts.hpp"
#include "report/formats/markdown.hpp"
#include "report/table/captions.hpp"
#include "report/table/columns.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace benchhost::report {
namespace {

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    std::size_t from = 0;
    while (from <= text.size()) {
        const auto end = std::min(text.find(' ', from), text.size());
        if (end > from) {
            words.push_back(text.substr(from, end - from));
        }
        from = end + 1;
    }
    return words;
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines;
    for (const std::string& word : words_of(text)) {
        if (!lines.empty() && display_width(lines.back()) + 1 + display_width(word) <= width) {
            lines.back() += " " + word;
        } else {
            lines.push_back(word);
        }
    }
    return lines;
}

// A column of the terminal: its header is broken into lines no wider than its widest cell or word.
struct ConsoleColumn {
    Align align = Align::right;
    std::size_t width = 0;
    std::vector<std::string> header;
    std::vector<std::string> cells;
};

ConsoleColumn console_column(const ColumnOf<Row>& column, const std::vector<Row>& rows) {
    ConsoleColumn result{column.align(), 0, {}, {}};
    for (const Row& row : rows) {
        result.cells.push_back(one_line(cell_of(column, row).text));
        result.width = std::max(result.width, display_width(result.cells.back()));
    }
    for (const std::string& word : words_of(column.header)) {
        result.width = std::max(result.width, display_width(word));
    }
    result.header = wrapped(column.header, result.width);
    return result;
}

std::string padded(const std::string& text, const ConsoleColumn& column) {
    const std::string space(column.width - std::min(column.width, display_width(text)), ' ');
    return column.align == Align::left ? text + space : space + text;
}

std::string line_of(const std::vector<ConsoleColumn>& columns,
                    const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        line += (i == 0 ? "" : "  ") + padded(cells[i], columns[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string table_text(const ProfileTable& table) {
    std::vector<ConsoleColumn> columns;
    std::size_t header_lines = 0;
    for (const auto& column : visible(main_columns(table))) {
        columns.push_back(console_column(column, table.rows));
        header_lines = std::max(header_lines, columns.back().header.size());
    }
    std::string text;
    for (std::size_t line = 0; line < header_lines; ++line) {
        std::vector<std::string> cells;
        for (const ConsoleColumn& column : columns) {
            const std::size_t above = header_lines - column.header.size();
            cells.push_back(line < above ? "" : column.header[line - above]);
        }
        text += line_of(columns, cells);
    }
    std::vector<std::string> rule;
    for (const ConsoleColumn& column : columns) {
        rule.emplace_back(column.width, '-');
    }
    text += line_of(columns, rule);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        std::vector<std::string> cells;
        for (const ConsoleColumn& column : columns) {
            cells.push_back(column.cells[row]);
        }
        text += line_of(columns, cells);
    }
    return text;
}

}  // namespace

std::string console(const results::ResultSet& results) {
    std::string text = one_line(title(results)) + "\n";
    if (results.interrupted) {
        text += "Interrupted: this is what was measured until then, not a complete run.\n";
    }
    if (const auto hosts = hosts_sentence(results); !hosts.empty()) {
        text += one_line(hosts) + "\n";
    }
    for (const ProfileTable& table : make_tables(results)) {
        text += fmt::format("\n{}\n\n", one_line(heading(table)));
        text += table.rows.empty() ? "" : table_text(table) + "\n";
        text += one_line(headline(table)) + ".\n";
        if (table.rows.empty()) {
            continue;
        }
        for (const std::string& sentence : captions(table)) {
            text += one_line(sentence) + "\n";
        }
        for (const std::string& line : notes(table)) {
            text += "- " + one_line(line) + "\n";
        }
    }
    return text;
}

}  // namespace benchhost::report

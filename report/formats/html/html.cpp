#include "report/formats/html/html.hpp"

#include "report/formats/hosts.hpp"
#include "report/formats/html/assets.hpp"
#include "report/formats/html/view.hpp"
#include "report/formats/markdown.hpp"
#include "report/formats/reproduce.hpp"
#include "report/table/captions.hpp"
#include "report/table/columns.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace benchhost::report {
namespace {

std::string escaped(std::string_view text) { return xml_escaped(one_line(text)); }

// Inside a script element nothing may begin a tag or a comment; in JSON "<" stands only in strings.
std::string script_json(const std::string& json) {
    std::string out;
    out.reserve(json.size());
    for (const char c : json) {
        if (c == '<') {
            out += "\\u003c";
        } else {
            out += c;
        }
    }
    return out;
}

const char* row_class(const Row& row) {
    switch (row.standing) {
        case Standing::failed:
            return "failed";
        case Standing::invalid:
            return "invalid";
        case Standing::skipped:
            return "skipped";
        case Standing::measured:
            break;
    }
    return row.place ? "ranked" : "unranked";
}

template <class Of>
std::string header_row(const ColumnsOf<Of>& columns) {
    std::string text = "<thead><tr>";
    for (const auto& column : columns) {
        text += fmt::format("<th scope=\"col\"{}>{}</th>",
                            column.align() == Align::left ? " class=\"text\"" : "",
                            escaped(column.header));
    }
    return text + "</tr></thead>\n";
}

// Text is sorted as it stands, a number by its exact value.
template <class Of>
std::string cell_html(const ColumnOf<Of>& column, const Of& row) {
    const Cell cell = cell_of(column, row);
    const std::string text = escaped(cell.text);
    if (column.look == Look::name) {
        return fmt::format("<th scope=\"row\" title=\"{}\">{}</th>", text, text);
    }
    const Value value = column.value(row);
    const bool is_text = std::holds_alternative<std::string>(value);
    std::string classes = column.look == Look::verdict ? "text verdict" : is_text ? "text" : "";
    if (cell.strong) {
        classes += classes.empty() ? "strong" : " strong";
    }
    return fmt::format("<td{}{}>{}</td>",
                       is_text ? "" : fmt::format(" data-value=\"{}\"", exact(value)),
                       classes.empty() ? "" : fmt::format(" class=\"{}\"", classes), text);
}

template <class Of>
std::string cells_html(const ColumnsOf<Of>& columns, const Of& row) {
    std::string text;
    for (const auto& column : columns) {
        text += cell_html(column, row);
    }
    return text + "</tr>\n";
}

std::string main_table_html(const ProfileTable& table) {
    const auto columns = visible(main_columns(table));
    std::string text = fmt::format(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of {}\">\n"
        "<table class=\"main\">\n{}<tbody>\n",
        escaped(table.profile.name), header_row(columns));
    for (const Row& row : table.rows) {
        text += fmt::format("<tr class=\"{}\" data-server=\"{}\">{}", row_class(row),
                            escaped(row.server), cells_html(columns, row));
    }
    return text + "</tbody></table></div>\n";
}

std::string rounds_html(const ProfileTable& table) {
    const auto columns = visible(round_columns(table.profile.timeout));
    std::string text =
        "<details><summary>Every round</summary><div class=\"scroll\" tabindex=\"0\" "
        "role=\"region\" aria-label=\"Every round\"><table>\n" +
        header_row(columns) + "<tbody>\n";
    for (const Row& row : table.rows) {
        for (const results::Trial* trial : row.trials) {
            text += "<tr>" + cells_html(columns, *trial);
        }
    }
    return text + "</tbody></table></div></details>\n";
}

std::string profile_html(const ProfileTable& table, std::size_t index) {
    std::string text = fmt::format("<section class=\"profile\" data-profile=\"{}\">\n<h2>{}</h2>\n",
                                   index, escaped(heading(table)));
    text += fmt::format("<p class=\"headline\">{}.</p>\n", escaped(headline(table)));
    if (table.rows.empty()) {
        return text + "</section>\n";
    }
    text += "<div class=\"tools\"></div>\n" + main_table_html(table) + "<div class=\"caption\">\n";
    for (const std::string& sentence : captions(table)) {
        text += fmt::format("<p>{}</p>\n", escaped(sentence));
    }
    text += "</div>\n";
    const auto lines = notes(table);
    if (!lines.empty()) {
        text += "<ul class=\"notes\">\n";
        for (const std::string& line : lines) {
            text += fmt::format("<li>{}</li>\n", escaped(line));
        }
        text += "</ul>\n";
    }
    return text + "<div class=\"charts\"></div>\n" + rounds_html(table) + "</section>\n";
}

std::string environment_html(const results::ResultSet& results) {
    std::string text = "<section class=\"profile\"><h2>Environment</h2>\n<dl class=\"facts\">\n";
    for (const auto& [key, value] : results.environment) {
        text += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(key), escaped(value));
    }
    text += fmt::format(
        "<dt>benchhost</dt><dd>{}</dd>\n<dt>seed</dt><dd>{}</dd>\n"
        "<dt>how to reproduce</dt><dd><code>{}</code></dd>\n</dl>\n",
        escaped(results.benchhost_version), results.seed, escaped(reproducing_command(results)));
    if (!results.config.text.empty()) {
        text += fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n",
                            escaped(results.config.file.empty() ? "Config" : results.config.file),
                            xml_escaped(results.config.text));
    }
    return text + "</section>\n";
}

std::string body_of(const results::ResultSet& results, const std::vector<ProfileTable>& tables) {
    std::string text = fmt::format("<header>\n<h1>{}</h1>\n<p class=\"meta\">measured {}</p>\n",
                                   escaped(title(results)), escaped(results.created_at));
    if (results.interrupted) {
        text +=
            "<p class=\"interrupted\">Interrupted: this is what was measured until then, not a "
            "complete run.</p>\n";
    }
    if (const auto hosts = hosts_sentence(results); !hosts.empty()) {
        text += fmt::format("<p class=\"meta\">{}</p>\n", escaped(hosts));
    }
    text +=
        "<p><a id=\"download\" href=\"#\" download=\"results.json\" hidden>Download "
        "results.json</a></p>\n</header>\n<main id=\"profiles\">\n";
    for (std::size_t i = 0; i < tables.size(); ++i) {
        text += profile_html(tables[i], i);
    }
    return text + environment_html(results) + "</main>\n";
}

// Replaces each @NAME@ of the template once; what was put in is never looked at again.
std::string filled(std::string_view page,
                   const std::vector<std::pair<std::string_view, std::string_view>>& parts) {
    std::string out;
    for (const auto& [name, content] : parts) {
        const auto at = page.find(name);
        out += page.substr(0, at);
        out += content;
        page.remove_prefix(at + name.size());
    }
    out += page;
    return out;
}

}  // namespace

std::string html(const results::ResultSet& results) {
    const auto tables = make_tables(results);
    const HtmlAssets assets = html_assets();
    return filled(assets.page, {{"@TITLE@", escaped(title(results))},
                                {"@STYLE@", assets.style},
                                {"@BODY@", body_of(results, tables)},
                                {"@VIEW@", script_json(html_view(tables))},
                                {"@RESULTS@", script_json(results::to_json(results))},
                                {"@CHARTS@", assets.charts},
                                {"@APP@", assets.app}});
}

}  // namespace benchhost::report

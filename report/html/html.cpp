#include "report/html/html.hpp"

#include "report/captions.hpp"
#include "report/columns.hpp"
#include "report/hosts.hpp"
#include "report/html/assets.hpp"
#include "report/html/view.hpp"
#include "report/markdown.hpp"
#include "report/number.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace benchhost::report {
namespace {

using results::Outcome;
using results::Trial;

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
    return row.is_ranked ? "ranked" : "unranked";
}

// What the script sorts a column of numbers by; empty when it is not known.
std::vector<std::string> sort_values(const Row& row, const ProfileTable& table, std::size_t place) {
    const auto median = [](const std::optional<OverRounds>& value) {
        return value ? exact(value->median) : "";
    };
    const auto count = [](const std::optional<std::uint64_t>& value) {
        return value ? std::to_string(*value) : "";
    };
    const auto& ordering = ordering_value(row, table.order);
    const auto spread = ordering ? ordering->spread() : std::nullopt;
    std::vector<std::string> values{"",  // the name, by its text
                                    count(row.total_requests),
                                    median(row.requests_per_s),
                                    median(row.p50_ms),
                                    count(row.failed_requests),
                                    median(row.p99_ms),
                                    median(row.p99_9_ms),
                                    median(row.cpu_us_per_request),
                                    median(row.rss_peak_bytes),
                                    spread ? exact(*spread) : "",
                                    row.is_ranked ? std::to_string(place) : "",
                                    ""};  // the verdict, by its text
    if (table.order == Order::highest_load) {
        values.insert(
            values.begin() + 5,
            {median(row.highest_load), row.first_failed_load ? exact(*row.first_failed_load) : ""});
    }
    if (!table.step_labels.empty()) {
        std::vector<std::string> steps{median(row.capacity_per_s)};
        for (std::size_t step = 0; step < table.step_labels.size(); ++step) {
            steps.push_back(step < row.p99_ms_by_step.size() ? median(row.p99_ms_by_step[step])
                                                             : "");
        }
        values.insert(values.begin() + 5, steps.begin(), steps.end());
    }
    return values;
}

std::string header_row(const std::vector<Column>& columns) {
    std::string text = "<thead><tr>";
    for (const Column& column : columns) {
        text += fmt::format("<th scope=\"col\"{}>{}</th>",
                            column.align == Align::left ? " class=\"text\"" : "",
                            escaped(column.header));
    }
    return text + "</tr></thead>\n";
}

std::string main_row(const Row& row, const ProfileTable& table, std::size_t place) {
    const auto columns = main_columns(table);
    const auto cells = main_cells(row, table);
    const auto values = sort_values(row, table, place);
    std::string text =
        fmt::format("<tr class=\"{}\" data-server=\"{}\">", row_class(row), escaped(row.server));
    text += fmt::format("<th scope=\"row\" title=\"{}\">{}</th>", escaped(row.label),
                        escaped(row.label));
    for (std::size_t i = 1; i < cells.size(); ++i) {
        const bool last = i + 1 == cells.size();
        std::string attributes =
            last ? " class=\"text verdict\"" : fmt::format(" data-value=\"{}\"", values[i]);
        if (!last && cells[i].strong) {
            attributes += " class=\"strong\"";
        }
        text += fmt::format("<td{}>{}</td>", attributes, escaped(cells[i].text));
    }
    return text + "</tr>\n";
}

std::string main_table_html(const ProfileTable& table) {
    std::string text = fmt::format(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of {}\">\n"
        "<table class=\"main\">\n",
        escaped(table.profile.name));
    text += header_row(main_columns(table)) + "<tbody>\n";
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        text += main_row(table.rows[i], table, i);
    }
    return text + "</tbody></table></div>\n";
}

std::string number_cell(const std::string& shown, const std::string& value) {
    return fmt::format("<td data-value=\"{}\">{}</td>", value, shown);
}

std::string number_cell(const std::optional<double>& value) {
    return number_cell(rounded(value), value ? exact(*value) : "");
}

std::string count_cell(const std::optional<std::uint64_t>& value) {
    return number_cell(grouped(value), value ? std::to_string(*value) : "");
}

std::string round_row(const Trial& trial) {
    const auto& times = trial.response_time_ms;
    const auto time = [&](double results::LatencySummary::*which) {
        return times ? std::optional((*times).*which) : std::nullopt;
    };
    const auto& usage = trial.server_usage;
    const auto& requests = trial.requests;
    const std::string verdict = trial.outcome == Outcome::ok
                                    ? (trial.verdict ? to_string(*trial.verdict) : kUnknown)
                                    : to_string(trial.outcome);
    const std::string why =
        trial.outcome == Outcome::ok ? trial.verdict_why.value_or("") : trial.reason.value_or("");
    return fmt::format("<tr><th scope=\"row\">{}</th>", escaped(trial.server)) +
           count_cell(std::uint64_t{trial.round}) + number_cell(trial.requests_per_s) +
           number_cell(time(&results::LatencySummary::p50)) +
           number_cell(time(&results::LatencySummary::p99)) +
           number_cell(time(&results::LatencySummary::p99_9)) +
           number_cell(time(&results::LatencySummary::max)) +
           count_cell(requests ? std::optional(requests->sent) : std::nullopt) +
           count_cell(requests ? std::optional(requests->failed_total()) : std::nullopt) +
           number_cell(usage ? usage->cpu_us_per_request : std::nullopt) +
           fmt::format("<td class=\"text verdict\">{}</td><td class=\"text\">{}</td></tr>\n",
                       verdict, escaped(why));
}

std::string rounds_html(const ProfileTable& table) {
    const std::vector<Column> columns{{"Server", Align::left},
                                      {"Round"},
                                      {"Requests/s"},
                                      {"p50 (ms)"},
                                      {"p99 (ms)"},
                                      {"p99.9 (ms)"},
                                      {"Max (ms)"},
                                      {"Sent"},
                                      {"Failed"},
                                      {"CPU (µs/request)"},
                                      {"Verdict", Align::left},
                                      {"Because", Align::left}};
    std::string text =
        "<details><summary>Every round</summary><div class=\"scroll\" tabindex=\"0\" "
        "role=\"region\" aria-label=\"Every round\"><table>\n" +
        header_row(columns) + "<tbody>\n";
    for (const Row& row : table.rows) {
        for (const Trial* trial : row.trials) {
            text += round_row(*trial);
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
    text += fmt::format("<dt>benchhost</dt><dd>{}</dd>\n<dt>seed</dt><dd>{}</dd>\n</dl>\n",
                        escaped(results.benchhost_version), results.seed);
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

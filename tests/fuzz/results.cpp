// Results are refused with a reason, or are the same after being written and read again, can be
// told in every format, and are no slower than themselves.
#include "core/results/results.hpp"

#include "core/base/json_reader.hpp"
#include "report/compare/render.hpp"
#include "report/formats/console.hpp"
#include "report/formats/formats.hpp"
#include "tests/fuzz/door.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace benchhost::fuzz {
namespace {

using results::ResultSet;

void hold_json(const std::string& text, const std::string& what) {
    const auto json = parse_json(text);
    hold(json.has_value(), what + " is JSON: " + (json ? "" : json.error().message));
}

void hold_same_results(const ResultSet& results) {
    const auto json = results::to_json(results);
    const auto again = results::parse_results(json);
    hold(again.has_value(),
         "what is written is read: " + (again ? json : again.error().message + "\n" + json));
    hold(results::to_json(*again) == json, "it comes back as it was: " + json);
}

std::size_t count_of(const std::string& word, const std::string& text) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        ++count;
    }
    return count;
}

// No text of the results begins or ends a script of the page.
void hold_page(const std::string& page) {
    static const auto kEmpty = report::render("html", ResultSet{}).value().front().content;
    for (const std::string word : {"<script", "</script"}) {
        hold(count_of(word, page) == count_of(word, kEmpty), "the page has its own scripts alone");
    }
}

// Each line has as many fields as the first.
void hold_csv(const std::string& text, const std::string& name) {
    std::size_t commas = 0;
    std::optional<std::size_t> expected;
    bool quoted = false;
    for (const char c : text) {
        quoted = quoted != (c == '"');
        commas += !quoted && c == ',' ? 1U : 0U;
        if (c == '\n') {
            hold(!quoted && expected.value_or(commas) == commas, name + " has whole lines");
            expected = commas;
            commas = 0;
        }
    }
}

bool is_file_name(const std::string& name) {
    return !name.empty() && name.front() != '.' &&
           name.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
               "0123456789._-") == std::string::npos;
}

void hold_reports(const ResultSet& results) {
    hold(is_utf8(report::console(results)), "the console gets UTF-8");
    for (const auto& format : report::formats()) {
        const std::string name = format.name;
        if (name == "svg") {
            continue;  // drawn by a program of its own
        }
        const auto documents = format.render(results);
        hold(documents.has_value(), name + " can be written");
        std::set<std::string> names;
        for (const auto& document : *documents) {
            hold(is_file_name(document.name) && names.insert(document.name).second,
                 document.name + " is a file name, and that of no other document");
            hold(is_utf8(document.content), document.name + " is UTF-8");
            if (document.name.ends_with(".json")) {
                hold_json(document.content, document.name);
            } else if (document.name.ends_with(".csv")) {
                hold_csv(document.content, document.name);
            } else if (name == "html") {
                hold_page(document.content);
            }
        }
    }
    for (const auto& profile : results.profiles) {
        const auto seconds = report::series_csv(results, profile.name);
        hold(is_utf8(seconds), "the seconds are UTF-8");
        hold_csv(seconds, "the file of seconds");
    }
}

void hold_comparison(const ResultSet& results) {
    const auto comparison = compare::compare_results(results, results, compare::Gate{}, true);
    if (!comparison) {
        hold_error(comparison.error(), ErrorCode::usage);
        return;
    }
    hold(compare::decide(*comparison) != compare::Decision::regression,
         "nothing is worse than itself");
    hold(
        std::none_of(comparison->cells.begin(), comparison->cells.end(),
                     [](const auto& cell) { return cell.verdict == compare::Change::improvement; }),
        "nothing is better than itself");
    for (const char* format : {"md", "json", "junit"}) {
        const auto text = compare::render_comparison(format, *comparison);
        hold(text.has_value() && is_utf8(*text), std::string(format) + " of a comparison is UTF-8");
    }
    hold_json(compare::comparison_json(*comparison), "a comparison");
    hold(is_utf8(compare::github_annotations(*comparison)), "annotations are UTF-8");
}

void read_results(std::string_view input) {
    const auto results = results::parse_results(std::string(input));
    if (!results) {
        hold_error(results.error(), ErrorCode::data);
        return;
    }
    hold_same_results(*results);
    hold_reports(*results);
    hold_comparison(*results);
}

const Door results_door("results", read_results);

}  // namespace
}  // namespace benchhost::fuzz

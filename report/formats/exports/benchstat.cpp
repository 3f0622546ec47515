// Lines of Go's benchmark format, one a round, because benchstat does its statistics on repeated
// lines of one name.
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/books.hpp"
#include "report/table/columns.hpp"
#include "report/table/row.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <cctype>
#include <utility>

namespace benchhost::report::exports {
namespace {

// A name ends at the first space; "/" and "=" separate the parts that benchstat can group by.
std::string name_part(const std::string& text) {
    std::string out;
    for (const char c : one_line(text)) {
        out += c == ' ' || c == '/' || c == '=' ? '_' : c;
    }
    return out.empty() ? "_" : out;
}

std::string capitalised(std::string text) {
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    return text;
}

// A lower bound has a unit of its own: benchstat compares what has the same.
std::string line_of(const std::string& name, const ProfileTable& table, const Row& row,
                    const results::Trial& trial) {
    const auto ended = ended_in_window(trial);
    std::string line =
        fmt::format("{} {} {:.1f} {}", name, ended ? ended->total : 1, 1e9 / *trial.requests_per_s,
                    row.is_bound ? "ns/op-at-most" : "ns/op");
    for (const auto& column : named(round_columns(table.profile.timeout), &Names::benchstat)) {
        const Value value = column.value(trial);
        const std::string number = exact(value);
        const bool is_rate = column.names.benchstat == "req/s";
        const bool is_bound = is_at_least(value) || (row.is_bound && is_rate);
        line += number.empty() ? ""
                               : fmt::format(" {} {}{}", number, column.names.benchstat,
                                             is_bound ? "-at-least" : "");
    }
    return line + "\n";
}

// Holds for the lines below it; one without a value takes it back.
std::string key_line(const char* key, const std::string& value, std::string& before) {
    const std::string now = one_line(value);
    return now == std::exchange(before, now)
               ? ""
               : fmt::format("{}:{}{}\n", key, now.empty() ? "" : " ", now);
}

}  // namespace

std::string benchstat(const results::ResultSet& results) {
    std::string text = fmt::format("pkg: benchhost/{}\n", name_part(results.suite));
    const auto cpu = results.environment.find("cpu_model");
    if (cpu != results.environment.end()) {
        text += fmt::format("cpu: {}\n", one_line(cpu->second));
    }
    std::string last_class;
    std::string last_verdict;
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        const std::string name =
            fmt::format("Benchmark{}/server={}", capitalised(name_part(table.profile.name)),
                        name_part(row.server));
        text += key_line("class", row.declared_class, last_class);
        text += key_line("verdict", row.verdict ? to_string(*row.verdict) : "", last_verdict);
        for (const results::Trial* trial : row.trials) {
            if (is_usable(*trial) && trial->requests_per_s.value_or(0) > 0) {
                text += line_of(name, table, row, *trial);
            }
        }
    });
    return text;
}

}  // namespace benchhost::report::exports

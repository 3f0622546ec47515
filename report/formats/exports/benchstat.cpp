// Lines of Go's benchmark format, one a round, because benchstat does its statistics on repeated
// lines of one name.
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/columns.hpp"
#include "report/table/row.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <cctype>

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

std::string line_of(const std::string& name, const results::Trial& trial) {
    std::string line =
        fmt::format("{} {} {:.1f} ns/op", name, trial.requests ? trial.requests->sent : 1,
                    1e9 / *trial.requests_per_s);
    for (const auto& column : named(round_columns(), &Names::benchstat)) {
        const std::string value = exact(column.value(trial));
        line += value.empty() ? "" : fmt::format(" {} {}", value, column.names.benchstat);
    }
    return line + "\n";
}

}  // namespace

std::string benchstat(const results::ResultSet& results) {
    std::string text = fmt::format("pkg: benchhost/{}\n", name_part(results.suite));
    const auto cpu = results.environment.find("cpu_model");
    if (cpu != results.environment.end()) {
        text += fmt::format("cpu: {}\n", one_line(cpu->second));
    }
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        const std::string name =
            fmt::format("Benchmark{}/server={}", capitalised(name_part(table.profile.name)),
                        name_part(row.server));
        for (const results::Trial* trial : row.trials) {
            if (is_usable(*trial) && trial->requests_per_s.value_or(0) > 0) {
                text += line_of(name, *trial);
            }
        }
    });
    return text;
}

}  // namespace benchhost::report::exports

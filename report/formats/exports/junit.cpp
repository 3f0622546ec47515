// A test suite a profile, a test case a server: a CI that reads JUnit shows which server failed
// and why.
#include "report/formats/exports/exports.hpp"
#include "report/table/number.hpp"
#include "report/table/table.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace benchhost::report::exports {
namespace {

std::size_t count(const ProfileTable& table, Standing standing) {
    return static_cast<std::size_t>(
        std::count_if(table.rows.begin(), table.rows.end(),
                      [standing](const Row& row) { return row.standing == standing; }));
}

double seconds_of(const Row& row) {
    double seconds = 0;
    for (const results::Trial* trial : row.trials) {
        seconds += trial->duration_s.value_or(0);
    }
    return seconds;
}

std::string outcome_of(const Row& row) {
    const std::string notes = fmt::format("{}", fmt::join(row.notes, "\n"));
    const std::string first = row.notes.empty() ? row.verdict_text : row.notes.front();
    switch (row.standing) {
        case Standing::failed:
            return fmt::format("      <failure message=\"{}\">{}</failure>\n",
                               xml_escaped(one_line(first)), xml_escaped(notes));
        case Standing::invalid:
            return fmt::format("      <error message=\"{}\">{}</error>\n",
                               xml_escaped(one_line(first)), xml_escaped(notes));
        case Standing::skipped:
            return fmt::format("      <skipped message=\"{}\"/>\n", xml_escaped(one_line(first)));
        case Standing::measured:
            break;
    }
    return fmt::format(
        "      <system-out>{} requests/s, p99 {} ms, {}{}{}</system-out>\n",
        rounded(row.requests_per_s ? row.requests_per_s->median : std::optional<double>()),
        rounded(row.p99_ms ? row.p99_ms->median : std::optional<double>()),
        xml_escaped(row.verdict_text), notes.empty() ? "" : "\n", xml_escaped(notes));
}

}  // namespace

std::string junit(const results::ResultSet& results) {
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text += fmt::format("<testsuites name=\"{}\">\n", xml_escaped(one_line(results.suite)));
    for (const ProfileTable& table : make_tables(results)) {
        text += fmt::format(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
            "timestamp=\"{}\">\n",
            xml_escaped(one_line(table.profile.name)), table.rows.size(),
            count(table, Standing::failed), count(table, Standing::invalid),
            count(table, Standing::skipped), xml_escaped(one_line(results.created_at)));
        for (const Row& row : table.rows) {
            text += fmt::format("    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{:.3f}\">\n",
                                xml_escaped(one_line(results.suite)),
                                xml_escaped(one_line(table.profile.name)),
                                xml_escaped(one_line(row.server)), seconds_of(row));
            text += outcome_of(row) + "    </testcase>\n";
        }
        text += "  </testsuite>\n";
    }
    return text + "</testsuites>\n";
}

}  // namespace benchhost::report::exports

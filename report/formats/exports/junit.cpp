// A test suite a profile, a test case a server: a CI that reads JUnit shows which server failed
// and why. What fails here is what makes the run exit with 1.
#include "report/formats/exports/exports.hpp"
#include "report/table/columns.hpp"
#include "report/table/faults.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace benchhost::report::exports {
namespace {

// A row that lost too much has failed, one that is invalid is an error.
const char* tag_of(const std::optional<Fault>& fault, const Row& row) {
    if (fault) {
        return fault->kind == FaultKind::invalid ? "error" : "failure";
    }
    return row.standing == Standing::skipped ? "skipped" : "system-out";
}

std::size_t count(const ProfileTable& table, const std::string& tag) {
    return static_cast<std::size_t>(std::count_if(
        table.rows.begin(), table.rows.end(),
        [&](const Row& row) { return tag_of(fault_of(row, table.profile.name), row) == tag; }));
}

double seconds_of(const Row& row) {
    double seconds = 0;
    for (const results::Trial* trial : row.trials) {
        seconds += trial->duration_s.value_or(0);
    }
    return seconds;
}

std::string outcome_of(const ProfileTable& table, const Row& row) {
    const auto fault = fault_of(row, table.profile.name);
    const std::string tag = tag_of(fault, row);
    const std::string notes = fmt::format("{}", fmt::join(row.notes, "\n"));
    if (fault) {
        return fmt::format("      <{0} message=\"{1}\">{2}</{0}>\n", tag,
                           xml_escaped(one_line(fault->text)), xml_escaped(notes));
    }
    if (row.standing == Standing::skipped) {
        const std::string first = row.notes.empty() ? row.verdict_text : row.notes.front();
        return fmt::format("      <skipped message=\"{}\"/>\n", xml_escaped(one_line(first)));
    }
    return fmt::format("      <system-out>{} requests/s, p99 {} ms, {}{}{}</system-out>\n",
                       shown(row.requests_per_s), shown(row.p99_ms), xml_escaped(row.verdict_text),
                       notes.empty() ? "" : "\n", xml_escaped(notes));
}

}  // namespace

std::string junit(const results::ResultSet& results) {
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text += fmt::format("<testsuites name=\"{}\">\n", xml_escaped(one_line(results.suite)));
    for (const ProfileTable& table : make_tables(results)) {
        text += fmt::format(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
            "timestamp=\"{}\">\n",
            xml_escaped(one_line(table.profile.name)), table.rows.size(), count(table, "failure"),
            count(table, "error"), count(table, "skipped"),
            xml_escaped(one_line(results.created_at)));
        for (const Row& row : table.rows) {
            text += fmt::format("    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{:.3f}\">\n",
                                xml_escaped(one_line(results.suite)),
                                xml_escaped(one_line(table.profile.name)),
                                xml_escaped(one_line(row.server)), seconds_of(row));
            text += outcome_of(table, row) + "    </testcase>\n";
        }
        text += "  </testsuite>\n";
    }
    return text + "</testsuites>\n";
}

}  // namespace benchhost::report::exports

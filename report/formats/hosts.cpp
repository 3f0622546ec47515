#include "report/formats/hosts.hpp"

#include "core/results/losses.hpp"
#include "report/table/number.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

namespace benchhost::report {
namespace {

std::string clock_of(const results::LoadPart& part) {
    return part.clock_offset_us && part.clock_uncertainty_us
               ? fmt::format("{} ± {}", rounded(*part.clock_offset_us),
                             rounded(*part.clock_uncertainty_us))
               : kUnknown;
}

// A part has the books of a trial.
std::string p99_of(const results::LoadPart& part, const std::optional<Nanoseconds>& timeout) {
    results::Trial trial;
    trial.requests = part.requests;
    trial.response_time_ms = part.response_time_ms;
    const auto p99 = results::percentile(trial, &results::LatencySummary::p99, timeout);
    return p99 ? (p99->at_least ? "≥ " : "") + rounded(p99->ms) : kUnknown;
}

}  // namespace

std::string hosts_sentence(const results::ResultSet& results) {
    const auto hosts = results.environment.find("hosts");
    return hosts == results.environment.end() ? "" : "Hosts: " + hosts->second + ".";
}

MarkdownTable parts_table(const std::vector<const results::Trial*>& trials,
                          const std::optional<Nanoseconds>& timeout) {
    MarkdownTable table({{"Round"},
                         {"Server", Align::left},
                         {"Rank"},
                         {"Host", Align::left},
                         {"Connections"},
                         {"Sent"},
                         {"Failed"},
                         {"Requests/s"},
                         {"p99 (ms)"},
                         {"Busiest thread"},
                         {"Clock offset (µs)"},
                         {"Verdict", Align::left}});
    for (const results::Trial* trial : trials) {
        for (const results::LoadPart& part : trial->parts) {
            const auto busiest = part.client_usage.max_thread_utilisation;
            table.add({std::to_string(trial->round), markdown_escaped(trial->server),
                       std::to_string(part.rank), markdown_escaped(part.host),
                       grouped(part.connections), grouped(part.requests.sent),
                       grouped(part.requests.failed_total()), rounded(part.requests_per_s),
                       p99_of(part, timeout), busiest ? percent(*busiest) : kUnknown,
                       clock_of(part), part.verdict ? to_string(*part.verdict) : kUnknown});
        }
    }
    return table;
}

}  // namespace benchhost::report

#include "report/formats/hosts.hpp"

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

}  // namespace

std::string hosts_sentence(const results::ResultSet& results) {
    const auto hosts = results.environment.find("hosts");
    return hosts == results.environment.end() ? "" : "Hosts: " + hosts->second + ".";
}

MarkdownTable parts_table(const std::vector<const results::Trial*>& trials) {
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
            const auto& times = part.response_time_ms;
            const auto busiest = part.client_usage.max_thread_utilisation;
            table.add({std::to_string(trial->round), markdown_escaped(trial->server),
                       std::to_string(part.rank), markdown_escaped(part.host),
                       grouped(part.connections), grouped(part.requests.sent),
                       grouped(part.requests.failed_total()), rounded(part.requests_per_s),
                       times ? rounded(times->p99) : kUnknown,
                       busiest ? percent(*busiest) : kUnknown, clock_of(part),
                       part.verdict ? to_string(*part.verdict) : kUnknown});
        }
    }
    return table;
}

}  // namespace benchhost::report

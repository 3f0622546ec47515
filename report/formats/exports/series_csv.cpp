#include "report/formats/exports/csv_writer.hpp"
#include "report/formats/formats.hpp"

namespace benchhost::report {

std::string series_csv(const results::ResultSet& results, const std::string& profile) {
    exports::CsvWriter csv;
    for (const char* name : {"Server", "Round", "Second", "Answers", "Failed", "p50 (ms)",
                             "p99 (ms)", "RSS (bytes)", "CPU (s)"}) {
        csv.text(name);
    }
    csv.end_line();
    for (const results::Trial& trial : results.trials) {
        if (trial.profile != profile || trial.superseded) {
            continue;
        }
        for (const results::SeriesPoint& point : trial.series) {
            csv.text(trial.server)
                .number(std::optional(std::uint64_t{trial.round}))
                .number(std::optional(std::uint64_t{point.t}))
                .number(std::optional(point.ok))
                .number(std::optional(point.failed))
                .number(point.p50_ms)
                .number(point.p99_ms)
                .number(point.rss_bytes)
                .number(point.cpu_s);
            csv.end_line();
        }
    }
    return csv.str();
}

}  // namespace benchhost::report

#include "core/load/engine/add_up.hpp"

#include "core/load/merge.hpp"
#include "core/load/shares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace benchhost::load {
namespace {

void note_unasked(const Workers& workers, LoadReport& report) {
    std::uint64_t unasked = 0;
    for (const auto& worker : workers) {
        unasked += worker->tally().unasked();
    }
    if (unasked > 0) {
        report.notes.push_back(
            fmt::format("{} connections were closed because the server sent what nobody had asked "
                        "for",
                        unasked));
    }
}

void note_decoded(const Workers& workers, LoadReport& report) {
    std::uint64_t decoded = 0;
    for (const auto& worker : workers) {
        decoded += worker->decoded();
    }
    if (decoded > 0) {
        report.notes.push_back(fmt::format(
            "{} compressed answers were decoded and compared, warm-up included; any other was byte "
            "for byte one of them",
            decoded));
    }
}

void note_unopened(const LoadSpec& spec, const Workers& workers, LoadReport& report) {
    std::uint64_t opened = 0;
    for (const auto& worker : workers) {
        opened += worker->opened_in_ramp();
    }
    const std::uint64_t wanted = own_connections(spec);
    if (opens_ahead(spec) && opened < wanted) {
        report.notes.push_back(
            fmt::format("only {} of {} connections were open when the load began", opened, wanted));
    }
}

}  // namespace

LoadReport add_up(const LoadSpec& spec, const Workers& workers, const WatchResult& watched) {
    LoadReport report;
    std::vector<const std::vector<SecondRecord>*> seconds;
    double in_flight_seconds = 0;
    for (const auto& worker : workers) {
        const Tally& tally = worker->tally();
        tally.add_to(report);
        seconds.push_back(&tally.seconds());
        in_flight_seconds += tally.in_flight_seconds();
        const ThreadUsage& usage = worker->usage();
        report.client.cpu += usage.cpu;
        report.client.max_run_delay = std::max(report.client.max_run_delay, usage.run_delay);
        if (usage.wall.count() > 0) {
            report.client.max_thread_utilisation =
                std::max(report.client.max_thread_utilisation,
                         to_seconds(usage.cpu) / to_seconds(usage.wall));
        }
    }
    for (std::size_t kind = 0; kind < report.requests.size(); ++kind) {
        report.requests[kind].name = spec.requests[kind].name;
    }
    report.window_start = watched.window_start;
    report.duration = watched.window;
    report.interrupted = watched.interrupted;
    report.gave_up = watched.gave_up;
    if (report.duration.count() > 0) {
        report.series = merge_series(seconds);
        // A load that ended with its last request has a window that ends sooner than was told.
        const auto whole = std::chrono::ceil<std::chrono::seconds>(report.duration).count();
        while (report.series.size() > static_cast<std::size_t>(whole) &&
               report.series.back().ok == 0 && report.series.back().failed == 0) {
            report.series.pop_back();
        }
        report.mean_in_flight = in_flight_seconds / to_seconds(report.duration);
    }
    report.offered_ceiling = own_offered_ceiling(spec);
    if (report.round_trip && !report.service_time.empty()) {
        // While many connect at once they wait for each other.
        report.round_trip = std::min(*report.round_trip, report.service_time.min());
    }
    report.link_ceiling = own_link_ceiling(spec, report);
    note_unasked(workers, report);
    note_decoded(workers, report);
    note_unopened(spec, workers, report);
    return report;
}

}  // namespace benchhost::load

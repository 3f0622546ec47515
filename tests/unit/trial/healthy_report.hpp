// A load that nothing spoilt, for tests that spoil one thing of it.
#pragma once

#include "core/trial/verdict.hpp"

#include <optional>

namespace benchhost::trial {

/// 64 requests in flight for 1 s, each answered in 1 ms: 64,000 answers, a busy server.
inline load::LoadReport healthy_report() {
    load::LoadReport report;
    report.duration = std::chrono::seconds(1);
    report.books = {64'000, 64'000, 0, 0, 64'000, 0, 0};
    report.ended = {64, 64'000, 64'000, 0, 64, 0};
    report.client.max_run_delay = Nanoseconds{};
    report.service_time.record(std::chrono::milliseconds(1), 64'000);
    report.response_time = report.service_time;
    report.mean_in_flight = 64;
    report.client.max_thread_utilisation = 0.5;
    return report;
}

inline VerdictWithReason judge_closed(const load::LoadReport& report,
                                      std::optional<model::MachineHealth> machine = std::nullopt,
                                      bool cpus_shared = false,
                                      std::optional<double> ceiling = std::nullopt) {
    const model::LoadModel model = model::ClosedLoop{64};
    return judge({report, model, machine, cpus_shared, ceiling});
}

/// Of a server on one processor, in a window of a second.
inline results::ServerUsage server_usage(double cpu_s, double run_delay_s = 0) {
    results::ServerUsage usage;
    usage.cpu_s = cpu_s;
    usage.processors = 1;
    usage.run_delay_s = run_delay_s;
    return usage;
}

inline VerdictWithReason judge_with(const load::LoadReport& report,
                                    const results::ServerUsage& server,
                                    std::optional<model::MachineHealth> machine = std::nullopt) {
    const model::LoadModel model = model::ClosedLoop{64};
    return judge({report, model, machine, false, std::nullopt, server});
}

}  // namespace benchhost::trial

#include "core/trial/row_notes.hpp"

#include <fmt/format.h>

namespace benchhost::trial {

std::optional<std::string> delayed_ack_note(const results::Trial& trial) {
    // Linux acknowledges after 40 ms what it has nothing to send along with.
    constexpr double kLeastMs = 40;
    constexpr double kMostMs = 48;
    constexpr double kIdle = 0.2;  // of one processor
    const auto& latency = trial.service_time_ms ? trial.service_time_ms : trial.response_time_ms;
    if (!latency || latency->p50 < kLeastMs || latency->p50 > kMostMs || !trial.server_usage ||
        !trial.server_usage->cpu_s || trial.duration_s.value_or(0) <= 0 ||
        *trial.server_usage->cpu_s > kIdle * *trial.duration_s) {
        return std::nullopt;
    }
    return fmt::format(
        "p50 ({:.1f} ms) lies at the delayed-ACK time, and the server was idle: a server that "
        "writes head and body apart without TCP_NODELAY waits 40 ms for the client's "
        "acknowledgement",
        latency->p50);
}

std::vector<std::string> notes_on(const load::LoadReport& report, const results::ServerUsage& usage,
                                  const std::optional<model::MachineHealth>& machine) {
    std::vector<std::string> notes;
    if (const auto full = machine ? machine->listen_overflows.value_or(0) : 0; full > 0) {
        notes.push_back(fmt::format(
            "the queue of connections that wait to be accepted was found full {} time{} "
            "(ListenOverflows, of all servers in this network namespace): a server accepts too "
            "slowly, or its backlog or net.core.somaxconn is too small",
            full, full == 1 ? "" : "s"));
    }
    const auto timed_out = report.failures.count(model::FailureClass::connect_timeout);
    if (timed_out > 0 && machine && machine->conntrack) {
        notes.push_back(
            fmt::format("connections timed out; the machine's table of tracked "
                        "connections (nf_conntrack_max) was {:.0f} % full",
                        *machine->conntrack * 100));
    }
    if (usage.busiest_thread && usage.least_busy_thread &&
        *usage.busiest_thread > 2 * *usage.least_busy_thread) {
        // The same words in every round, so that they are told once; the figures are in the
        // results.
        notes.emplace_back(
            "the server's threads shared the work unevenly: one did more than twice another's");
    }
    return notes;
}

}  // namespace benchhost::trial

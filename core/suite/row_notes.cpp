#include "core/suite/row_notes.hpp"

#include <fmt/format.h>

namespace benchhost::suite {

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

}  // namespace benchhost::suite

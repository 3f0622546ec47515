// How a server lives and ends: many connections, rest, stopping, and what it leaves behind.
#pragma once

#include "core/conformance/evidence.hpp"
#include "core/conformance/findings.hpp"
#include "core/conformance/subject.hpp"

namespace benchhost::conformance {

inline constexpr std::size_t kManyConnections = 500;
/// Of a server that closes each after its answer: of more, those that its listen queue has no room
/// for would only wait until the kernel tries them again.
inline constexpr std::size_t kManyThatClose = 50;

/// As many connections at once, each with a request, and once more where they stay open.
Finding check_connections(Subject& subject);
/// The descriptors that served them are closed again.
Finding check_descriptors(Subject& subject);
/// Without requests, no processor time.
Finding check_rest(Subject& subject);

/// Both stop the server; the report is for the checks below.
struct Stopped {
    StopReading reading;
    std::uint16_t port = 0;
    process::StopReport report;
};
/// Connections are open, half of them were used.
Stopped stop_idle(Subject& subject);
/// Sixteen connections ask without a pause.
Stopped stop_busy(Subject& subject);

Finding check_port_is_free(const Stopped& stopped);
/// No process, descriptor or thread.
Finding check_nothing_left(const Stopped& stopped);
/// It does not print without end.
Finding check_output(const Stopped& stopped);

}  // namespace benchhost::conformance

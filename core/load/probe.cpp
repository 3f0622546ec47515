#include "core/load/probe.hpp"

#include <fmt/format.h>

namespace benchhost::load {

ProbeResult<ProbeReport> probe(const Target& target, Nanoseconds timeout, bool keep_alive) {
    const auto start = std::chrono::steady_clock::now();
    const Deadline deadline = Deadline::after(timeout);
    auto connection = RawConnection::open(target, deadline);
    if (!connection) {
        return connection.error();
    }
    const std::string request =
        fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: benchhost\r\nAccept: */*\r\n{}\r\n",
                    target.path, target.host_header, keep_alive ? "" : "Connection: close\r\n");
    if (const auto sent = connection->send(request, deadline); !sent) {
        return sent.error();
    }
    auto report = connection->read_answer(deadline);
    if (report && connection->left_over() > 0) {
        return ProbeFailure{FailureClass::malformed_answer,
                            fmt::format("{} bytes come after the end of the answer: {}",
                                        connection->left_over(), report->beginning)};
    }
    if (report) {
        report->took = std::chrono::steady_clock::now() - start;
    }
    return report;
}

}  // namespace benchhost::load

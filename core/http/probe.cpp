#include "core/http/probe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace benchhost::http {
namespace {

constexpr Nanoseconds kPatienceWhileOthersFollow = std::chrono::seconds(2);

WholeRequest get(const Target& target, bool keep_alive) {
    return {
        fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: benchhost\r\nAccept: */*\r\n{}\r\n",
                    target.path, target.host_header, keep_alive ? "" : "Connection: close\r\n")};
}

ProbeResult<ProbeReport> ask(const Target& target, const WholeRequest& request,
                             const Deadline& to_connect, const Deadline& deadline,
                             BodyUse body_use) {
    const auto start = std::chrono::steady_clock::now();
    auto connection = RawConnection::open(target, to_connect);
    if (!connection) {
        return connection.error();
    }
    if (const auto sent = connection->send(request.bytes, deadline); !sent) {
        return sent.error();
    }
    auto report = connection->read_answer(deadline, request.is_head, body_use);
    if (report && connection->left_over() > 0) {
        return ProbeFailure{model::FailureClass::malformed_answer,
                            fmt::format("{} bytes come after the end of the answer: {}",
                                        connection->left_over(), report->beginning)};
    }
    if (report) {
        report->took = std::chrono::steady_clock::now() - start;
    }
    return report;
}

}  // namespace

ProbeResult<ProbeReport> probe(const Target& target, const WholeRequest& request,
                               Nanoseconds timeout, BodyUse body_use) {
    const Deadline deadline = Deadline::after(timeout);
    return ask(target, request, deadline, deadline, body_use);
}

ProbeResult<ProbeReport> probe(const Target& target, Nanoseconds timeout, bool keep_alive,
                               BodyUse body_use) {
    return probe(target, get(target, keep_alive), timeout, body_use);
}

ProbeResult<FoundServer> find_server(const std::vector<Target>& targets, Nanoseconds timeout) {
    FoundServer found;
    ProbeFailure failure;
    for (const Target& target : targets) {
        const bool others_follow = &target != &targets.back();
        const Deadline deadline = Deadline::after(timeout);
        const Deadline to_connect =
            others_follow ? Deadline::after(std::min(timeout, kPatienceWhileOthersFollow))
                          : deadline;
        const auto report = ask(target, get(target, false), to_connect, deadline, BodyUse::counted);
        if (report) {
            found.target = target;
            return found;
        }
        failure = report.error();
        found.silent.push_back(fmt::format("{}: {}", target.address, failure.seen));
    }
    if (targets.size() > 1) {
        failure.seen =
            fmt::format("no address of the name answered: {}", fmt::join(found.silent, "; "));
    }
    return failure;
}

}  // namespace benchhost::http

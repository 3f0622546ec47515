#include "core/conformance/subject.hpp"

#include "core/suite/probe_routes.hpp"

#include <fmt/format.h>

namespace benchhost::conformance {

load::Target Subject::target(Route route) const {
    auto target = server_->target();
    target.path = path_of(route);
    return target;
}

std::string Subject::request(std::string_view method, std::string_view path,
                             std::string_view fields) const {
    return fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", method, path,
                       server_->target().host_header, fields);
}

std::string Subject::get(Route route, std::string_view fields) const {
    return request("GET", path_of(route), fields);
}

load::ProbeResult<load::RawConnection> Subject::connect() const {
    return load::RawConnection::open(server_->target(), in_time());
}

load::ProbeResult<load::ProbeReport> Subject::ask(const std::string& request, bool head) const {
    auto connection = connect();
    if (!connection) {
        return connection.error();
    }
    if (const auto sent = connection->send(request, in_time()); !sent) {
        return sent.error();
    }
    return connection->read_answer(in_time(), head);
}

std::optional<std::string> Subject::wrong(const load::ProbeResult<load::ProbeReport>& answer,
                                          Route route) const {
    if (!answer) {
        return fmt::format("{}: {}", path_of(route), in_words(answer.error()));
    }
    return suite::wrong_answer(*answer, payload_->of(route));
}

load::Deadline in_time() { return load::Deadline::after(std::chrono::seconds(5)); }

std::string in_words(const load::ProbeFailure& failure) {
    return fmt::format("{}: {}", load::to_string(failure.failure), failure.seen);
}

}  // namespace benchhost::conformance

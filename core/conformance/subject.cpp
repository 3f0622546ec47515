#include "core/conformance/subject.hpp"

#include "core/trial/probe_routes.hpp"

#include <fmt/format.h>

namespace benchhost::conformance {

http::Target Subject::target(model::Route route) const {
    auto target = server_->target();
    target.path = model::path_of(route);
    return target;
}

std::string Subject::request(std::string_view method, std::string_view path,
                             std::string_view fields) const {
    return fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", method, path,
                       server_->target().host_header, fields);
}

std::string Subject::get(model::Route route, std::string_view fields) const {
    return request("GET", model::path_of(route), fields);
}

http::ProbeResult<http::RawConnection> Subject::connect() const {
    return http::RawConnection::open(server_->target(), in_time());
}

http::ProbeResult<http::ProbeReport> Subject::ask(const std::string& request, bool head) const {
    auto connection = connect();
    if (!connection) {
        return connection.error();
    }
    if (const auto sent = connection->send(request, in_time()); !sent) {
        return sent.error();
    }
    return connection->read_answer(in_time(), head);
}

std::optional<std::string> Subject::wrong(const http::ProbeResult<http::ProbeReport>& answer,
                                          model::Route route) const {
    if (!answer) {
        return fmt::format("{}: {}", model::path_of(route), in_words(answer.error()));
    }
    return trial::wrong_answer(*answer, payload_->of(route));
}

http::Deadline in_time() { return http::Deadline::after(std::chrono::seconds(5)); }

std::string in_words(const http::ProbeFailure& failure) {
    return fmt::format("{}: {}", model::to_string(failure.failure), failure.seen);
}

}  // namespace benchhost::conformance

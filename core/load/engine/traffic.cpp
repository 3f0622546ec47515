#include "core/load/engine/traffic.hpp"

#include "core/load/shares.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace benchhost::load {
namespace {

// So many connections may be on their way at once, all threads together: below the listen queue
// of most servers.
constexpr std::uint32_t kConnectingAtOnce = 100;

}  // namespace

std::string make_request(const http::Target& target, bool keep_alive) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n{}\r\n", target.path,
                       target.host_header, keep_alive ? "" : "Connection: close\r\n");
}

Result<Traffic> make_traffic(const LoadSpec& spec, std::uint32_t connections) {
    Traffic traffic;
    auto remote = http::address_of(spec.target);
    if (!remote) {
        return remote.error();
    }
    traffic.remote = *remote;
    traffic.locals = http::local_addresses(*remote, connections, spec.keep_alive);
    const std::string request = make_request(spec.target, spec.keep_alive);
    traffic.request_size = request.size();
    traffic.requests.reserve(request.size() * spec.pipeline);
    for (std::uint32_t i = 0; i < spec.pipeline; ++i) {
        traffic.requests += request;
    }
    traffic.check = AnswerCheck(spec.expectation);
    traffic.timeout = spec.timeout;
    traffic.keep_alive = spec.keep_alive;
    traffic.pipeline = spec.pipeline;
    traffic.connecting_at_once = std::max(1U, kConnectingAtOnce / threads_of_load(spec));
    return traffic;
}

}  // namespace benchhost::load

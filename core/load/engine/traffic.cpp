#include "core/load/engine/traffic.hpp"

#include "core/load/shares.hpp"

#include <algorithm>
#include <limits>

namespace benchhost::load {
namespace {

// So many connections may be on their way at once, all threads together: below the listen queue
// of most servers.
constexpr std::uint32_t kConnectingAtOnce = 100;
// Fixed requests up to so much together are written in one piece.
constexpr std::size_t kMostRepeated = std::size_t{1024} * 1024;
// Requests that are made anew are written together up to so many bytes.
constexpr std::size_t kMostMadeAtOnce = std::size_t{64} * 1024;

void repeat_what_is_fixed(const LoadSpec& spec, Traffic& traffic) {
    const auto& kind = traffic.requests.kinds.front();
    if (!traffic.requests.is_fixed() || kind.length({}) * spec.pipeline > kMostRepeated) {
        return;
    }
    const std::string request = kind.text({});
    traffic.request_size = request.size();
    traffic.repeated.reserve(request.size() * spec.pipeline);
    for (std::uint32_t i = 0; i < spec.pipeline; ++i) {
        traffic.repeated += request;
    }
}

}  // namespace

std::vector<model::RequestSpec> requests_of(const LoadSpec& spec) {
    if (!spec.requests.empty()) {
        return spec.requests;
    }
    model::RequestSpec request;
    request.path = spec.target.path;
    request.expect_status = spec.expectation.status;
    if (spec.expectation.body) {
        request.expect_body = model::BodySpec{*spec.expectation.body, true};
    }
    return {request};
}

Result<Traffic> make_traffic(const LoadSpec& spec, std::uint32_t connections) {
    Traffic traffic;
    auto remote = http::address_of(spec.target);
    if (!remote) {
        return remote.error();
    }
    traffic.remote = *remote;
    traffic.locals =
        http::local_addresses(*remote, connections, spec.keep_alive && !spec.connection_requests);
    const auto asked = requests_of(spec);
    auto requests = requests::RequestSet::make(
        asked, {spec.target.host_header, spec.keep_alive, spec.keeps_cookies}, spec.picks,
        spec.is_flow ? requests::Order::flow : requests::Order::mix);
    if (!requests) {
        return requests.error();
    }
    traffic.requests = std::move(*requests);
    traffic.keeps_cookies = spec.keeps_cookies;
    for (const auto& request : asked) {
        traffic.names.push_back(request.name);
    }
    for (const auto& kind : traffic.requests.kinds) {
        traffic.checks.emplace_back(spec.expectation.verify, kind);
        traffic.room = std::max(traffic.room, kind.room());
        traffic.asks_head = traffic.asks_head || kind.is_head();
        traffic.accepts_codings = traffic.accepts_codings || kind.accepts_codings();
    }
    traffic.verify = spec.expectation.verify;
    traffic.room = std::max(traffic.room, std::min(traffic.room * spec.pipeline, kMostMadeAtOnce));
    repeat_what_is_fixed(spec, traffic);
    traffic.seed = spec.seed;
    traffic.timeout = spec.timeout;
    traffic.keep_alive = spec.keep_alive;
    traffic.connection_requests = spec.connection_requests.value_or(0);
    traffic.most_requests = spec.most_requests.value_or(std::numeric_limits<std::uint64_t>::max());
    traffic.pipeline = spec.pipeline;
    traffic.connecting_at_once = std::max(1U, kConnectingAtOnce / threads_of_load(spec));
    return traffic;
}

}  // namespace benchhost::load

// What every load thread of a run shares and nobody changes: where to, what, and how to check it.
#pragma once

#include "core/http/socket_address.hpp"
#include "core/load/engine/answer_check.hpp"
#include "core/load/load.hpp"
#include "core/requests/request_template.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::load {

struct Traffic {
    http::SocketAddress remote;
    std::vector<http::SocketAddress> locals;  ///< empty: the kernel chooses
    requests::RequestSet requests;
    std::vector<AnswerCheck> checks;  ///< by kind of request; they point into `requests`
    std::vector<std::string> names;   ///< likewise
    /// When all requests are the same few bytes, those, `pipeline` times over; else empty.
    std::string repeated;
    std::size_t request_size = 0;  ///< of one of them
    /// So many bytes what is written next may be made in.
    std::size_t room = 0;
    bool asks_head = false;
    bool accepts_codings = false;
    bool keeps_cookies = false;
    model::Verify verify = model::Verify::full;
    std::uint64_t seed = 1;
    Nanoseconds timeout{};
    bool keep_alive = true;
    std::uint32_t connection_requests = 0;  ///< 0: any number
    std::uint64_t most_requests = 0;  ///< of the load; all that there is time for: the largest
    std::uint32_t pipeline = 1;
    std::uint32_t connecting_at_once = 64;  ///< during the ramp, per thread

    Traffic() = default;
    Traffic(Traffic&&) = default;
    Traffic& operator=(Traffic&&) = default;
    Traffic(const Traffic&) = delete;
    Traffic& operator=(const Traffic&) = delete;
    ~Traffic() = default;
};

/// What a load asks: its requests, or else the one GET that its target and expectation make.
std::vector<model::RequestSpec> requests_of(const LoadSpec& spec);

Result<Traffic> make_traffic(const LoadSpec& spec, std::uint32_t connections);

}  // namespace benchhost::load

// What every load thread of a run shares and nobody changes: where to, what, and how to check it.
#pragma once

#include "core/http/socket_address.hpp"
#include "core/load/engine/answer_check.hpp"
#include "core/load/load.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::load {

struct Traffic {
    http::SocketAddress remote;
    std::vector<http::SocketAddress> locals;  ///< empty: the kernel chooses
    std::string requests;  ///< one request `pipeline` times over, ready to be written
    std::size_t request_size = 0;
    AnswerCheck check;
    Nanoseconds timeout{};
    bool keep_alive = true;
    std::uint32_t pipeline = 1;
    std::uint32_t connecting_at_once = 64;  ///< during the ramp, per thread
};

/// The bytes of one GET for `target`.
std::string make_request(const http::Target& target, bool keep_alive);

Result<Traffic> make_traffic(const LoadSpec& spec, std::uint32_t connections);

}  // namespace benchhost::load

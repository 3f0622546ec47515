// The part of HTTP/1.x that a server of GET, HEAD and POST needs to read (RFC 9112): heads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace benchhost::asio_server {

/// A request as it stands in the connection's buffer; the views point into it.
struct Request {
    std::string_view method;
    std::string_view target;  ///< path and query
    bool http_1_0 = false;
    bool keep_alive = true;
    bool expects_continue = false;
    bool chunked = false;
    std::uint64_t content_length = 0;  ///< bytes of body that follow the head, unless chunked
};

struct Parsed {
    enum class State { incomplete, complete, refused };
    State state = State::incomplete;
    std::size_t head_size = 0;  ///< when complete: bytes up to and with the empty line
    unsigned status = 0;        ///< when refused: what to answer before closing
    Request request;
};

/// Reads the head of the request at the start of `bytes`, which may hold less or more than one.
Parsed parse_request(std::string_view bytes);

}  // namespace benchhost::asio_server

// Reads a stream of answers cut into pieces and tells everything that was seen: the same stream
// must tell the same however it is cut. For the fuzzer and for the tests.
#pragma once

#include "core/http/head_cache.hpp"
#include "core/http/response_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::http {

struct SeenAnswer {
    http::ResponseParser::State state{};
    http::ResponseParser::State after_fin{};
    std::size_t consumed = 0;
    std::string body;
    unsigned status = 0;
    unsigned http_minor = 0;
    bool head_done = false;
    bool keep_alive = false;
    bool until_close = false;
    std::optional<std::uint64_t> content_length;
    std::string why;
    friend bool operator==(const SeenAnswer&, const SeenAnswer&) = default;
};

/// How a stream is cut: the lengths of the pieces, again from the first when they run out. Empty:
/// one piece.
using Cuts = std::vector<std::size_t>;

/// Every answer of `stream` until one is malformed, and then what is incomplete. Throws
/// std::logic_error when the parser breaks a promise: no progress, a body from elsewhere.
std::vector<SeenAnswer> read_stream(std::string_view stream, const Cuts& cuts,
                                    bool head_request = false, http::HeadCache* cache = nullptr);

}  // namespace benchhost::http

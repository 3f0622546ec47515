// Spares the parse of a header that the server has just sent byte for byte.
#pragma once

#include "core/http/response_parser.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace benchhost::http {

/// The last header a worker has seen and what the parser made of it. Equal bytes give an equal
/// parse, so a header that is the same, Date included, costs one memcmp; when the server's clock
/// ticks, the next answer is parsed and remembered. One per worker thread, for all of its
/// connections.
class HeadCache {
  public:
    /// Longer headers are parsed each time.
    static constexpr std::size_t kLongest = 1024;

    /// The same as parser.parse(data), faster.
    ResponseParser::Step parse(ResponseParser& parser, std::string_view data);

    /// Answers whose header was not parsed.
    std::uint64_t hits() const { return hits_; }

  private:
    ResponseParser::Step parse_and_remember(ResponseParser& parser, std::string_view data);

    std::size_t size_ = 0;  // 0: nothing remembered
    std::uint64_t hits_ = 0;
    ResponseParser after_header_;
    std::array<char, kLongest> header_{};
};

}  // namespace benchhost::http

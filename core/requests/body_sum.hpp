// What can be told of a request's body in a few bytes.
#pragma once

#include "core/requests/text_template.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace benchhost::requests {

/// Length and checksum of a body for each request. Of its fixed parts the checksum is made once.
/// Immutable.
class BodySum {
  public:
    explicit BodySum(TextTemplate body);

    std::uint64_t length(const Identity& request) const { return body_.length(request); }
    /// As zlib's crc32 of the whole body.
    std::uint32_t crc32(const Identity& request) const;

  private:
    /// Of one fixed part.
    struct Fixed {
        explicit Fixed(const std::string& text);
        /// The checksum of what came before, and then of this.
        std::uint32_t after(std::uint32_t before) const;
        std::size_t size;
        std::uint32_t crc;
        std::uint32_t shift;  ///< what zlib needs to move a checksum by `size` bytes
    };

    TextTemplate body_;
    std::vector<Fixed> before_;  // each of its values
    Fixed tail_;
};

}  // namespace benchhost::requests

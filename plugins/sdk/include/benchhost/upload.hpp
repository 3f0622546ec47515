// What a BH_ROUTE_UPLOAD answers: made while the body comes, which nobody has to keep.
// Needs zlib.h and -lz; nothing else of the SDK does.
#pragma once

#include <zlib.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace benchhost::sdk {

/// One request's body as it comes, piece by piece.
class Upload {
  public:
    void add(std::string_view bytes) {
        if (!bytes.empty()) {  // zlib begins anew when there are none
            checksum_ =
                ::crc32_z(checksum_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
            size_ += bytes.size();
        }
    }

    /// How many bytes they are and their CRC-32: "12 1c291ca3".
    std::string text() const {
        std::array<char, 9> digits{};
        std::snprintf(digits.data(), digits.size(), "%08x", static_cast<unsigned>(checksum_));
        return std::to_string(size_) + ' ' + digits.data();
    }

    std::uint64_t size() const { return size_; }

  private:
    uLong checksum_ = 0;
    std::uint64_t size_ = 0;
};

}  // namespace benchhost::sdk

// Counts of few among many buckets, in some bytes each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace benchhost::stats {

/// Of each bucket that holds something its count, which is mostly one byte, and before it the
/// number of empty ones where there are some. Counts are below 2^63.
class PackedBuckets {
  public:
    /// `index` is above that of every bucket before, `count` above 0.
    void add(std::size_t index, std::uint64_t count) {
        if (index > next_) {
            put(((index - next_) << 1U) | kEmpty);
        }
        put(count << 1U);
        next_ = index + 1;
    }
    /// After the last one.
    void shrink() { bytes_.shrink_to_fit(); }
    bool empty() const { return bytes_.empty(); }

    /// visit(index, count), in order.
    template <class Visit>
    void for_each(Visit visit) const {
        std::size_t index = 0;
        for (std::size_t at = 0; at < bytes_.size();) {
            const std::uint64_t number = take(at);
            if ((number & kEmpty) != 0) {
                index += static_cast<std::size_t>(number >> 1U);
            } else {
                visit(index++, number >> 1U);
            }
        }
    }

    friend bool operator==(const PackedBuckets&, const PackedBuckets&) = default;

  private:
    // LEB128: seven bits a byte, the lowest first, of which all but the last are marked.
    void put(std::uint64_t number) {
        for (; number > kBits; number >>= kBitCount) {
            bytes_.push_back(static_cast<char>((number & kBits) | kMore));
        }
        bytes_.push_back(static_cast<char>(number));
    }
    std::uint64_t take(std::size_t& at) const {
        std::uint64_t number = 0;
        for (unsigned shift = 0;; shift += kBitCount) {
            const auto byte = static_cast<unsigned char>(bytes_[at++]);
            number |= std::uint64_t{byte & kBits} << shift;
            if ((byte & kMore) == 0) {
                return number;
            }
        }
    }

    static constexpr std::uint64_t kEmpty = 1;  // a number of empty buckets, not a count
    static constexpr unsigned kBits = 0x7f;
    static constexpr unsigned kMore = 0x80;
    static constexpr unsigned kBitCount = 7;

    std::string bytes_;
    std::size_t next_ = 0;
};

}  // namespace benchhost::stats

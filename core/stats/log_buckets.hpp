// How latencies are counted: the layout of HdrHistogram with 3 significant digits and unit 1 ns.
#pragma once

#include "core/base/units.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace benchhost::stats {

/// Log-linear buckets of nanoseconds, at most 0.1 % wide (2,048 sub-buckets a doubling's range).
struct LogBuckets {
    /// Larger values are counted in the last bucket.
    static constexpr Nanoseconds kHighest = std::chrono::hours(1);
    static constexpr unsigned kHalfBits = 10;  // log2 of half the sub-buckets
    static constexpr std::uint64_t kSubBucketMask = (std::uint64_t{2} << kHalfBits) - 1;
    // 32 doublings from 2^11 reach 2^42 ns, the first power of two above kHighest.
    static constexpr std::size_t kCount = std::size_t{33} << kHalfBits;

    static constexpr std::size_t of(std::uint64_t value) {
        const auto doubling =
            static_cast<unsigned>(std::bit_width(value | kSubBucketMask)) - (kHalfBits + 1);
        return (std::size_t{doubling} << kHalfBits) + static_cast<std::size_t>(value >> doubling);
    }
    static constexpr std::uint64_t lowest(std::size_t bucket) {
        const std::size_t half = std::size_t{1} << kHalfBits;
        if (bucket < 2 * half) {
            return bucket;
        }
        return std::uint64_t{half + bucket % half} << (bucket / half - 1);
    }
    static constexpr Nanoseconds highest(std::size_t bucket) {
        return Nanoseconds(static_cast<Nanoseconds::rep>(lowest(bucket + 1)) - 1);
    }
};

}  // namespace benchhost::stats

// Latencies that another thread may look at while they are being recorded.
#pragma once

#include "core/base/units.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace benchhost::load {

/// Counts in buckets at most 0.8 % wide, from 1 ns to an hour. One thread records, any thread may
/// read at any time (relaxed): the live progress line and the per-second series need no more, and
/// it is small enough to stay in the processor's second-level cache.
class LiveLatency {
  public:
    static constexpr unsigned kBits = 7;
    static constexpr std::size_t kBuckets = (43 - kBits) << kBits;
    using Counts = std::array<std::uint32_t, kBuckets>;

    void record(Nanoseconds value) {
        auto& count = counts_[bucket_of(value)];
        count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    std::uint32_t count(std::size_t bucket) const {
        return counts_[bucket].load(std::memory_order_relaxed);
    }

    static std::size_t bucket_of(Nanoseconds value) {
        const auto number = static_cast<std::uint64_t>(value.count() > 0 ? value.count() : 0);
        if (number >> kBits == 0) {
            return static_cast<std::size_t>(number);
        }
        const auto shift = static_cast<unsigned>(std::bit_width(number)) - kBits - 1;
        const std::size_t bucket = (std::size_t{shift} << kBits) + (number >> shift);
        return bucket < kBuckets ? bucket : kBuckets - 1;
    }
    static Nanoseconds highest_of_bucket(std::size_t bucket) {
        if (bucket >> (kBits + 1) == 0) {
            return Nanoseconds(static_cast<std::int64_t>(bucket));
        }
        const std::size_t shift = (bucket >> kBits) - 1;
        const std::size_t mantissa = bucket - (shift << kBits);
        return Nanoseconds(static_cast<std::int64_t>(((mantissa + 1) << shift) - 1));
    }

  private:
    std::array<std::atomic<std::uint32_t>, kBuckets> counts_{};
};

/// The smallest bucket value that at least `quantile` of `total` counts do not exceed.
template <class Counts>
Nanoseconds quantile_of(const Counts& counts, std::uint64_t total, double quantile) {
    auto left = static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(total)));
    left = left > 0 ? left : 1;
    for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) {
        if (counts[bucket] >= left) {
            return LiveLatency::highest_of_bucket(bucket);
        }
        left -= counts[bucket];
    }
    return LiveLatency::highest_of_bucket(counts.size() - 1);
}

}  // namespace benchhost::load

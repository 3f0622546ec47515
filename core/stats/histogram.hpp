// Latencies by count: what every percentile in a report is read from.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::stats {

/// Counts of nanosecond values in log-linear buckets, at most 0.1 % wide (2,048 sub-buckets, the
/// layout of HdrHistogram with 3 significant digits and unit 1 ns), from 1 ns to kHighest.
/// One thread writes; merge after join. record() never allocates. A moved-from histogram may only
/// be assigned to or destroyed.
class Histogram {
  public:
    /// Larger values are counted in the last bucket; max() still tells the exact value.
    static constexpr Nanoseconds kHighest = std::chrono::hours(1);

    Histogram();

    /// A negative value counts as 0.
    void record(Nanoseconds value, std::uint64_t count = 1) {
        if (count == 0) {
            return;
        }
        const auto ns = static_cast<std::uint64_t>(std::max<Nanoseconds::rep>(value.count(), 0));
        counts_[std::min(bucket_of(ns), kBuckets - 1)] += count;
        count_ += count;
        min_ = std::min(min_, ns);
        max_ = std::max(max_, ns);
    }
    void merge(const Histogram& other);
    void clear();

    std::uint64_t count() const { return count_; }
    bool empty() const { return count_ == 0; }
    Nanoseconds min() const;  ///< exact (after decode: its bucket's lowest); 0 when empty
    Nanoseconds max() const;  ///< exact (after decode: its bucket's highest); 0 when empty
    double mean_ns() const;   ///< from the bucket middles, within min..max; 0 when empty

    /// The smallest recorded bucket value v such that at least `quantile` (0..1) of all values are
    /// <= v, never above max(). 0 when empty.
    Nanoseconds at_quantile(double quantile) const;

    /// Calls visit(bucket_highest_value, count_in_bucket) for each bucket that is not empty, in
    /// order.
    template <class Visit>
    void for_each_bucket(Visit visit) const {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i] != 0) {
                visit(highest_of_bucket(i), counts_[i]);
            }
        }
    }

    /// Lossless to the bucket: HdrHistogram V2, deflated, base64 - what HdrHistogram's own tools
    /// read. The exact min and max have no place in that format.
    std::string encode() const;
    /// Takes any V2 histogram of unit 1 and 3 significant digits, whoever wrote it. The text may
    /// be hostile: memory stays bounded, and the error (code data) says what is wrong.
    static Result<Histogram> decode(std::string_view text);

    /// The same counts in the same buckets.
    friend bool operator==(const Histogram&, const Histogram&);

  private:
    static constexpr unsigned kHalfBits = 10;  // log2 of half the sub-buckets
    static constexpr std::uint64_t kSubBucketMask = (std::uint64_t{2} << kHalfBits) - 1;
    // 32 doublings from 2^11 reach 2^42 ns, the first power of two above kHighest.
    static constexpr std::size_t kBuckets = std::size_t{33} << kHalfBits;

    static std::size_t bucket_of(std::uint64_t value) {
        const auto doubling =
            static_cast<unsigned>(std::bit_width(value | kSubBucketMask)) - (kHalfBits + 1);
        return (std::size_t{doubling} << kHalfBits) + static_cast<std::size_t>(value >> doubling);
    }
    static std::uint64_t lowest_of_bucket(std::size_t bucket);
    static Nanoseconds highest_of_bucket(std::size_t bucket);
    bool decode_counts(std::string_view counts);

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::uint64_t min_;
    std::uint64_t max_ = 0;
};

}  // namespace benchhost::stats

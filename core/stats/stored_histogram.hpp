// Latencies that have been counted: what every percentile in a report is read from.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/stats/log_buckets.hpp"
#include "core/stats/packed_buckets.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace benchhost::stats {

class Histogram;

/// Only the buckets that hold something: some KB, so that thousands of trials fit into memory.
class StoredHistogram {
  public:
    StoredHistogram() = default;
    StoredHistogram(const Histogram& recorded);  // NOLINT: keeping what was recorded is assigning

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
        buckets_.for_each([&](std::size_t index, std::uint64_t count) {
            visit(LogBuckets::highest(index), count);
        });
    }

    /// Lossless to the bucket: HdrHistogram V2, deflated, base64 - what HdrHistogram's own tools
    /// read. The exact min and max have no place in that format. Of a decoded one the same text
    /// again.
    std::string encode() const;
    /// Takes any V2 histogram of unit 1 and 3 significant digits, whoever wrote it. The text may
    /// be hostile: memory stays bounded, and the error (code data) says what is wrong.
    static Result<StoredHistogram> decode(std::string_view text);

    /// The same counts in the same buckets.
    friend bool operator==(const StoredHistogram& left, const StoredHistogram& right) {
        return left.buckets_ == right.buckets_;
    }

  private:
    friend class Histogram;
    bool decode_counts(std::string_view counts);

    PackedBuckets buckets_;
    std::uint64_t count_ = 0;
    std::uint64_t min_ = 0;
    std::uint64_t max_ = 0;
    std::string text_;  // what it was decoded from: to deflate thousands again takes a second
};

}  // namespace benchhost::stats

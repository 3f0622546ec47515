// Latencies that have been counted: what every percentile in a report is read from.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/stats/log_buckets.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
        for (const Bucket& bucket : buckets_) {
            visit(LogBuckets::highest(bucket.index), bucket.count);
        }
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
    struct Bucket {
        std::size_t index = 0;
        std::uint64_t count = 0;
        friend bool operator==(const Bucket&, const Bucket&) = default;
    };

    bool decode_counts(std::string_view counts);

    std::vector<Bucket> buckets_;  // in order, none empty
    std::uint64_t count_ = 0;
    std::uint64_t min_ = 0;
    std::uint64_t max_ = 0;
    std::string text_;  // what it was decoded from: to deflate thousands again takes a second
};

}  // namespace benchhost::stats

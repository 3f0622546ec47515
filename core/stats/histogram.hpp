// Latencies by count: what every percentile in a report is read from.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::stats {

/// Counts of nanosecond values in log-linear buckets, at most 0.1 % wide (2,048 sub-buckets, the
/// layout of HdrHistogram with 3 significant digits and unit 1 ns), from 1 ns to kHighest.
/// One thread writes; merge after join. record() never allocates.
class Histogram {
  public:
    /// Larger values are counted in the last bucket; max() still tells the exact value.
    static constexpr Nanoseconds kHighest = std::chrono::hours(1);

    Histogram();

    void record(Nanoseconds value, std::uint64_t count = 1);
    void merge(const Histogram& other);
    void clear();

    std::uint64_t count() const { return count_; }
    bool empty() const { return count_ == 0; }
    Nanoseconds min() const;  ///< exact; 0 when empty
    Nanoseconds max() const;  ///< exact; 0 when empty
    double mean_ns() const;   ///< from the bucket middles; 0 when empty

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

    /// Lossless: HdrHistogram V2, deflated, base64 - what HdrHistogram's own tools read.
    std::string encode() const;
    static Result<Histogram> decode(std::string_view text);

    friend bool operator==(const Histogram&, const Histogram&);

  private:
    static std::size_t bucket_of(std::uint64_t value);
    static Nanoseconds highest_of_bucket(std::size_t bucket);

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::uint64_t min_;
    std::uint64_t max_ = 0;
};

}  // namespace benchhost::stats

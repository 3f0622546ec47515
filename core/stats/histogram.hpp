// Latencies while they are being counted, each in nanoseconds' time.
#pragma once

#include "core/base/units.hpp"
#include "core/stats/log_buckets.hpp"
#include "core/stats/stored_histogram.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::stats {

/// A counter for every bucket (270 KB), from 1 ns to kHighest. One thread writes; merge after join.
/// record() never allocates. A moved-from histogram may only be assigned to or destroyed. What is
/// told of the counts is told by StoredHistogram, which whoever asks more than once should make.
class Histogram {
  public:
    /// Larger values are counted in the last bucket; max() still tells the exact value.
    static constexpr Nanoseconds kHighest = LogBuckets::kHighest;

    Histogram();

    /// A negative value counts as 0.
    void record(Nanoseconds value, std::uint64_t count = 1) {
        if (count == 0) {
            return;
        }
        const auto ns = static_cast<std::uint64_t>(std::max<Nanoseconds::rep>(value.count(), 0));
        counts_[std::min(LogBuckets::of(ns), LogBuckets::kCount - 1)] += count;
        count_ += count;
        min_ = std::min(min_, ns);
        max_ = std::max(max_, ns);
    }
    void merge(const Histogram& other);
    void merge(const StoredHistogram& other);
    void clear();

    std::uint64_t count() const { return count_; }
    bool empty() const { return count_ == 0; }
    Nanoseconds min() const;  ///< exact; 0 when empty
    Nanoseconds max() const;  ///< exact; 0 when empty
    double mean_ns() const { return StoredHistogram(*this).mean_ns(); }
    Nanoseconds at_quantile(double quantile) const {
        return StoredHistogram(*this).at_quantile(quantile);
    }
    template <class Visit>
    void for_each_bucket(Visit visit) const {
        StoredHistogram(*this).for_each_bucket(visit);
    }
    std::string encode() const { return StoredHistogram(*this).encode(); }

    /// The same counts in the same buckets.
    friend bool operator==(const Histogram&, const Histogram&);

  private:
    friend class StoredHistogram;

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::uint64_t min_;
    std::uint64_t max_ = 0;
};

}  // namespace benchhost::stats

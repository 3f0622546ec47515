#include "core/stats/stored_histogram.hpp"

#include "core/stats/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace benchhost::stats {

StoredHistogram::StoredHistogram(const Histogram& recorded)
    : count_(recorded.count_), min_(recorded.empty() ? 0 : recorded.min_), max_(recorded.max_) {
    for (std::size_t i = 0; i < recorded.counts_.size(); ++i) {
        if (recorded.counts_[i] != 0) {
            buckets_.add(i, recorded.counts_[i]);
        }
    }
    buckets_.shrink();
}

Nanoseconds StoredHistogram::min() const {
    return Nanoseconds(static_cast<Nanoseconds::rep>(min_));
}

Nanoseconds StoredHistogram::max() const {
    return Nanoseconds(static_cast<Nanoseconds::rep>(max_));
}

double StoredHistogram::mean_ns() const {
    if (empty()) {
        return 0;
    }
    double sum = 0;
    buckets_.for_each([&](std::size_t index, std::uint64_t count) {
        const double middle = (static_cast<double>(LogBuckets::lowest(index)) +
                               static_cast<double>(LogBuckets::highest(index).count())) /
                              2;
        sum += middle * static_cast<double>(count);
    });
    return std::clamp(sum / static_cast<double>(count_), static_cast<double>(min_),
                      static_cast<double>(max_));
}

Nanoseconds StoredHistogram::at_quantile(double quantile) const {
    if (empty()) {
        return Nanoseconds{0};
    }
    // One step down first, so that 0.07 of 100 values is the 7th although 0.07 * 100 > 7.
    const double share = quantile > 0 ? std::nextafter(std::min(quantile, 1.0), 0.0) : 0;
    const double exact_rank = std::ceil(share * static_cast<double>(count_));
    const auto rank = exact_rank < static_cast<double>(count_)
                          ? std::max<std::uint64_t>(static_cast<std::uint64_t>(exact_rank), 1)
                          : count_;
    if (rank == count_) {
        return max();
    }
    std::uint64_t seen = 0;
    Nanoseconds value = max();
    buckets_.for_each([&](std::size_t index, std::uint64_t count) {
        if (seen < rank && seen + count >= rank) {
            value = std::min(LogBuckets::highest(index), max());
        }
        seen += count;
    });
    return value;
}

}  // namespace benchhost::stats

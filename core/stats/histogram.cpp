#include "core/stats/histogram.hpp"

#include <limits>

namespace benchhost::stats {
namespace {

constexpr std::uint64_t kNoMin = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Histogram::Histogram() : counts_(LogBuckets::kCount), min_(kNoMin) {}

void Histogram::merge(const Histogram& other) {
    std::transform(counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(),
                   [](std::uint64_t ours, std::uint64_t theirs) { return ours + theirs; });
    count_ += other.count_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

void Histogram::merge(const StoredHistogram& other) {
    if (other.empty()) {
        return;
    }
    other.buckets_.for_each(
        [&](std::size_t index, std::uint64_t count) { counts_[index] += count; });
    count_ += other.count_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

void Histogram::clear() {
    std::fill(counts_.begin(), counts_.end(), 0);
    count_ = 0;
    min_ = kNoMin;
    max_ = 0;
}

Nanoseconds Histogram::min() const {
    return Nanoseconds(empty() ? 0 : static_cast<Nanoseconds::rep>(min_));
}

Nanoseconds Histogram::max() const { return Nanoseconds(static_cast<Nanoseconds::rep>(max_)); }

bool operator==(const Histogram& left, const Histogram& right) {
    return left.counts_ == right.counts_;
}

}  // namespace benchhost::stats

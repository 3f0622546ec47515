#include "core/load/engine/live_latency.hpp"

#include <gtest/gtest.h>

#include <random>

namespace benchhost::load {
namespace {

TEST(LiveLatency, EveryValueLiesInItsBucketWithinOnePercent) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 100'000; ++i) {
        const unsigned bits = static_cast<unsigned>(i) % 41 + 1;
        const auto value = static_cast<std::int64_t>(random() >> (64 - bits));
        const auto highest =
            LiveLatency::highest_of_bucket(LiveLatency::bucket_of(Nanoseconds(value))).count();
        ASSERT_GE(highest, value);
        ASSERT_LE(static_cast<double>(highest - value), static_cast<double>(value) * 0.008);
    }
}

TEST(LiveLatency, BucketsFollowEachOtherWithoutGap) {
    for (std::size_t bucket = 0; bucket + 1 < LiveLatency::kBuckets; ++bucket) {
        const Nanoseconds highest = LiveLatency::highest_of_bucket(bucket);
        ASSERT_EQ(LiveLatency::bucket_of(highest), bucket);
        ASSERT_EQ(LiveLatency::bucket_of(highest + Nanoseconds(1)), bucket + 1);
    }
}

TEST(LiveLatency, AnHourFitsAndWhatIsLongerIsCountedLast) {
    EXPECT_LT(LiveLatency::bucket_of(std::chrono::hours(1)), LiveLatency::kBuckets - 1);
    EXPECT_EQ(LiveLatency::bucket_of(std::chrono::hours(1000)), LiveLatency::kBuckets - 1);
    EXPECT_EQ(LiveLatency::bucket_of(Nanoseconds(-5)), 0U);
}

TEST(LiveLatency, QuantileIsTheSmallestValueThatEnoughCountsDoNotExceed) {
    LiveLatency::Counts counts{};
    for (std::int64_t value = 1; value <= 100; ++value) {
        counts[LiveLatency::bucket_of(Nanoseconds(value))] += 1;
    }
    EXPECT_EQ(quantile_of(counts, 100, 0.5).count(), 50);
    EXPECT_EQ(quantile_of(counts, 100, 0.99).count(), 99);
    EXPECT_EQ(quantile_of(counts, 100, 0.991).count(), 100);
    EXPECT_EQ(quantile_of(counts, 100, 1.0).count(), 100);
    EXPECT_EQ(quantile_of(counts, 100, 0.0).count(), 1);
}

}  // namespace
}  // namespace benchhost::load

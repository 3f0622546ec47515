#include "core/stats/packed_buckets.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace benchhost::stats {
namespace {

using Buckets = std::vector<std::pair<std::size_t, std::uint64_t>>;

Buckets through(const Buckets& buckets) {
    PackedBuckets packed;
    for (const auto& [index, count] : buckets) {
        packed.add(index, count);
    }
    packed.shrink();
    Buckets seen;
    packed.for_each(
        [&](std::size_t index, std::uint64_t count) { seen.emplace_back(index, count); });
    return seen;
}

TEST(PackedBuckets, ComeBackAsTheyWere) {
    constexpr std::uint64_t kMost = (std::uint64_t{1} << 63U) - 1;
    for (const Buckets& buckets : {Buckets{}, Buckets{{0, 1}}, Buckets{{0, kMost}, {1, kMost}},
                                   Buckets{{1, 1}, {2, 63}, {3, 64}, {4, 127}, {5, 128}},
                                   Buckets{{63, 8191}, {64, 8192}, {200, 16'384}, {33'791, 1}}}) {
        EXPECT_EQ(through(buckets), buckets);
    }
}

TEST(PackedBuckets, AreTheSameWhenTheirCountsAre) {
    PackedBuckets one;
    PackedBuckets other;
    EXPECT_TRUE(one == other);
    EXPECT_TRUE(one.empty());
    one.add(3, 7);
    EXPECT_FALSE(one == other);
    EXPECT_FALSE(one.empty());
    other.add(3, 7);
    EXPECT_TRUE(one == other);
    one.add(4, 1);
    other.add(5, 1);
    EXPECT_FALSE(one == other);
}

}  // namespace
}  // namespace benchhost::stats

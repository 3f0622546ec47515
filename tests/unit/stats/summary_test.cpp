// Reference values: R 4.2, quantile() and mad(constant = 1).
#include "core/stats/summary.hpp"

#include <gtest/gtest.h>

namespace benchhost::stats {
namespace {

const std::vector<double> kValues{3.1, 1.2, 8.8, 4.4, 2.0, 9.9, 7.5};

TEST(Summary, is_absent_without_values) {
    EXPECT_FALSE(median({}));
    EXPECT_FALSE(quantile_of({}, 0.5));
    EXPECT_FALSE(median_absolute_deviation({}));
    EXPECT_FALSE(relative_half_range({}));
}

TEST(Summary, median_is_the_middle) {
    EXPECT_EQ(median({7}), 7);
    EXPECT_EQ(median({1, 9}), 5);
    EXPECT_EQ(median({9, 1, 2}), 2);
    EXPECT_EQ(median({-4, 4, 1, 3}), 2);
}

TEST(Summary, quantiles_are_those_of_r) {
    EXPECT_DOUBLE_EQ(*quantile_of(kValues, 0), 1.2);
    EXPECT_DOUBLE_EQ(*quantile_of(kValues, 0.1), 1.68);
    EXPECT_DOUBLE_EQ(*quantile_of(kValues, 0.25), 2.55);
    EXPECT_DOUBLE_EQ(*quantile_of(kValues, 0.75), 8.15);
    EXPECT_DOUBLE_EQ(*quantile_of(kValues, 0.9), 9.24);
    EXPECT_DOUBLE_EQ(*quantile_of(kValues, 1), 9.9);
    EXPECT_DOUBLE_EQ(*quantile_of(kValues, 1.5), 9.9);
}

TEST(Summary, deviation_is_that_of_r) {
    EXPECT_DOUBLE_EQ(*median_absolute_deviation(kValues), 3.1);
}

TEST(Summary, half_range_is_a_share_of_the_median) {
    EXPECT_DOUBLE_EQ(*relative_half_range({97, 100, 103}), 0.03);
    EXPECT_DOUBLE_EQ(*relative_half_range({-97, -100, -103}), 0.03);
    EXPECT_FALSE(relative_half_range({100})) << "one value has no spread, not a spread of 0";
    EXPECT_FALSE(relative_half_range({-1, 0, 1}));
}

}  // namespace
}  // namespace benchhost::stats

// Reference values: R 4.2 (wilcox.test with exact = TRUE and conf.int = TRUE, p.adjust, and full
// enumeration of the signs) and SciPy (permutation_test for ties, mannwhitneyu).
#include "core/stats/significance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace benchhost::stats {
namespace {

const std::vector<double> kEight{0.031, 0.012, -0.004, 0.052, 0.027, 0.018, 0.041, 0.009};
const std::vector<double> kSix{1.5, 2.25, 3, 4.5, 5.75, 7};
const std::vector<double> kTen{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
const std::vector<double> kFive{1.15, 0.88, 0.90, 0.74, 1.21};

TEST(SignFlip, agrees_with_enumeration) {
    EXPECT_DOUBLE_EQ(sign_flip_test(kEight).p, 0.015625);
    EXPECT_DOUBLE_EQ(sign_flip_test({1, 2, -3, 4, 5, -6, 7, 8, 9, 10}).p, 0.064453125);
    const std::vector<double> twenty{-0.326, 0.484, -0.536, 1.895, 0.63,  -0.52,  0.787,
                                     1.038,  0.876, -0.005, 1.812, 0.69,  -0.321, -1.915,
                                     1.425,  0.255, 0.284,  1.244, 1.121, 0.894};
    EXPECT_DOUBLE_EQ(sign_flip_test(twenty).p, 0.0277595520019531250);
    EXPECT_TRUE(sign_flip_test(twenty).exact);
}

TEST(SignFlip, cannot_reject_with_few_pairs) {
    EXPECT_EQ(sign_flip_test({}).p, 1);
    EXPECT_EQ(sign_flip_test({5}).p, 1);
    const auto five = sign_flip_test({1, 2, 3, 4, 5});
    EXPECT_DOUBLE_EQ(five.p, 0.0625);
    EXPECT_DOUBLE_EQ(five.least_p, 0.0625);
    EXPECT_DOUBLE_EQ(sign_flip_test({1, 2, 3, 4, 5, 6}).p, 0.03125);
}

TEST(SignFlip, is_sure_of_nothing_when_nothing_differs) {
    EXPECT_EQ(sign_flip_test({0, 0, 0, 0, 0, 0, 0}).p, 1);
    EXPECT_EQ(sign_flip_test({1, -1, 2, -2, 3, -3}).p, 1);
    EXPECT_DOUBLE_EQ(sign_flip_test({0.1, 0.1, 0.1, -0.1}).p, 0.625) << "rounding is no difference";
}

TEST(SignFlip, treats_both_directions_alike) {
    auto negative = kEight;
    for (auto& value : negative) {
        value = -value;
    }
    EXPECT_EQ(sign_flip_test(negative).p, sign_flip_test(kEight).p);
}

TEST(SignFlip, of_many_pairs_is_random_but_repeatable) {
    std::vector<double> differences;
    for (int i = 0; i < 40; ++i) {
        differences.push_back(i % 4 == 0 ? -1 : 1);  // 30 of 40: binomial p = 0.002221...
    }
    const auto result = sign_flip_test(differences);
    EXPECT_FALSE(result.exact);
    EXPECT_NEAR(result.p, 0.00222, 0.0008);
    EXPECT_EQ(result.p, sign_flip_test(differences).p);
}

TEST(MannWhitney, agrees_with_r) {
    EXPECT_NEAR(mann_whitney_test(kTen, kFive).p, 0.254412254412254, 1e-14);
    EXPECT_NEAR(mann_whitney_test(kFive, kTen).p, 0.254412254412254, 1e-14);
}

TEST(MannWhitney, takes_ties_exactly) {
    EXPECT_NEAR(mann_whitney_test({1, 2, 2, 3, 5}, {2, 4, 5, 6, 6, 7}).p, 0.06493506493506493,
                1e-14);
    EXPECT_EQ(mann_whitney_test({4, 4, 4}, {4, 4, 4, 4}).p, 1);
}

TEST(MannWhitney, tells_its_least_p) {
    const auto apart = mann_whitney_test({1, 2, 3}, {4, 5, 6});
    EXPECT_DOUBLE_EQ(apart.p, 0.1);
    EXPECT_DOUBLE_EQ(apart.least_p, 0.1);
    EXPECT_DOUBLE_EQ(least_p_of_samples(10, 5), 2.0 / 3003);
    EXPECT_EQ(mann_whitney_test({}, {1}).p, 1);
    EXPECT_EQ(least_p_of_samples(0, 4), 1);
}

TEST(MannWhitney, of_many_values_is_normal) {
    std::vector<double> first;
    std::vector<double> second;
    for (int i = 0; i < 60; ++i) {
        first.push_back((i * 37 % 101) / 10.0);
        second.push_back((i * 53 % 97) / 10.0 + 1.0);
    }
    const auto result = mann_whitney_test(first, second);
    EXPECT_FALSE(result.exact);
    EXPECT_NEAR(result.p, 0.2842650385234703, 1e-9);
}

TEST(Holm, agrees_with_r) {
    const auto four = holm({0.01, 0.04, 0.03, 0.005});
    const std::vector<double> expected{0.03, 0.06, 0.06, 0.02};
    ASSERT_EQ(four.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(four[i], expected[i], 1e-15);
    }
    const auto five = holm({0.9, 0.02, 0.02, 0.6, 0.001});
    const std::vector<double> expected_five{1, 0.08, 0.08, 1, 0.005};
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_NEAR(five[i], expected_five[i], 1e-15);
    }
    EXPECT_TRUE(holm({}).empty());
}

TEST(Centre, agrees_with_r) {
    EXPECT_NEAR(*centre_of_pairs(kEight), 0.02325, 1e-15);
    EXPECT_NEAR(*centre_of_samples(kTen, kFive), 0.305, 1e-15);
    EXPECT_FALSE(centre_of_pairs({}));
    EXPECT_FALSE(centre_of_samples({1}, {}));
}

TEST(IntervalOfPairs, agrees_with_r) {
    const auto eight = interval_of_pairs(kEight, 0.95);
    ASSERT_TRUE(eight);
    EXPECT_NEAR(eight->low, 0.007, 1e-15);
    EXPECT_NEAR(eight->high, 0.041, 1e-15);
    EXPECT_DOUBLE_EQ(eight->confidence, 0.9609375);
    const auto six = interval_of_pairs(kSix, 0.95);
    ASSERT_TRUE(six);
    EXPECT_EQ(six->low, 1.5);
    EXPECT_EQ(six->high, 7);
    EXPECT_DOUBLE_EQ(six->confidence, 0.96875);
}

TEST(IntervalOfPairs, is_absent_where_the_rounds_cannot_give_it) {
    EXPECT_FALSE(interval_of_pairs({1, 2, 3, 4, 5}, 0.95));
    EXPECT_TRUE(interval_of_pairs({1, 2, 3, 4, 5}, 0.9));
    EXPECT_FALSE(interval_of_pairs({}, 0.95));
    EXPECT_FALSE(interval_of_pairs({1}, 0.95));
}

TEST(IntervalOfSamples, agrees_with_r) {
    const auto interval = interval_of_samples(kTen, kFive, 0.95);
    ASSERT_TRUE(interval);
    EXPECT_NEAR(interval->low, -0.15, 1e-15);
    EXPECT_NEAR(interval->high, 0.76, 1e-15);
    EXPECT_GE(interval->confidence, 0.95);
    EXPECT_FALSE(interval_of_samples({1, 2, 3}, {4, 5, 6}, 0.95));
    EXPECT_FALSE(interval_of_samples({}, {4, 5, 6}, 0.95));
}

TEST(IntervalOfSamples, narrows_with_many_values) {
    std::vector<double> first;
    std::vector<double> second;
    for (int i = 0; i < 60; ++i) {
        first.push_back(std::sin(i));
        second.push_back(std::sin(i + 100) - 2);
    }
    const auto interval = interval_of_samples(first, second, 0.95);
    ASSERT_TRUE(interval);
    EXPECT_LT(interval->low, 2);
    EXPECT_GT(interval->high, 2);
    EXPECT_LT(interval->high - interval->low, 0.7);
}

}  // namespace
}  // namespace benchhost::stats

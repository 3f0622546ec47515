#include "report/table/number.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace benchhost::report {
namespace {

TEST(Grouped, ThousandsAreSeparated) {
    EXPECT_EQ(grouped(std::uint64_t{0}), "0");
    EXPECT_EQ(grouped(std::uint64_t{999}), "999");
    EXPECT_EQ(grouped(std::uint64_t{1000}), "1,000");
    EXPECT_EQ(grouped(std::uint64_t{1234567}), "1,234,567");
    EXPECT_EQ(grouped(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(Rounded, ThreeSignificantDigitsOrAllOfTheWholePart) {
    EXPECT_EQ(rounded(0.0), "0");
    EXPECT_EQ(rounded(0.000041), "0.000041");
    EXPECT_EQ(rounded(0.0041), "0.0041");
    EXPECT_EQ(rounded(0.041), "0.041");
    EXPECT_EQ(rounded(0.412), "0.412");
    EXPECT_EQ(rounded(1.234), "1.23");
    EXPECT_EQ(rounded(12.34), "12.3");
    EXPECT_EQ(rounded(123.4), "123");
    EXPECT_EQ(rounded(1234.4), "1,234");
    EXPECT_EQ(rounded(120644.4), "120,644");
}

TEST(Rounded, RoundingUpNeverAddsADigit) {
    EXPECT_EQ(rounded(0.9996), "1.00");
    EXPECT_EQ(rounded(9.996), "10.0");
    EXPECT_EQ(rounded(99.96), "100");
    EXPECT_EQ(rounded(999.6), "1,000");
}

TEST(Rounded, NegativeHugeAndTiny) {
    EXPECT_EQ(rounded(-1.5), "-1.50");
    EXPECT_EQ(rounded(1.5e18), "1.50e+18");
    EXPECT_EQ(rounded(1.5e-12), "1.5e-12");
}

TEST(Rounded, WhatIsNotANumberIsNotKnown) {
    EXPECT_EQ(rounded(std::numeric_limits<double>::quiet_NaN()), "–");
    EXPECT_EQ(rounded(std::numeric_limits<double>::infinity()), "–");
    EXPECT_EQ(rounded(std::optional<double>{}), "–");
    EXPECT_EQ(grouped(std::optional<std::uint64_t>{}), "–");
    EXPECT_EQ(mebibytes(std::nullopt), "–");
}

TEST(Percent, OneDecimalAndASignWhenAsked) {
    EXPECT_EQ(percent(0.0123), "1.2 %");
    EXPECT_EQ(percent(1.5), "150 %");
    EXPECT_EQ(signed_percent(0.0123), "+1.2 %");
    EXPECT_EQ(signed_percent(-0.0123), "-1.2 %");
    EXPECT_EQ(signed_percent(-0.0001), "0.0 %");
    EXPECT_EQ(signed_percent(0.0001), "0.0 %");
}

TEST(Exact, ReadsBackAndIsNeverNan) {
    EXPECT_EQ(exact(0.1), "0.1");
    EXPECT_EQ(exact(120644.4), "120644.4");
    EXPECT_EQ(exact(std::numeric_limits<double>::quiet_NaN()), "");
}

}  // namespace
}  // namespace benchhost::report

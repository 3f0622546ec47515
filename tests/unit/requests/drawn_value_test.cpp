// Values that follow from the request: all different, even, the same whoever makes them.
#include "core/requests/drawn_value.hpp"

#include "core/base/temporary_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::requests {
namespace {

using ::testing::HasSubstr;
using Kind = DrawnValue::Kind;

constexpr std::uint64_t kMostSeed = std::numeric_limits<std::uint64_t>::max();

DrawnValue number_between(std::uint64_t least, std::uint64_t most, std::uint32_t stream = 0) {
    return DrawnValue(DrawnValue::Terms{Kind::number, stream, least, most});
}

TEST(DrawnValue, TheNoncesOfALoadAreAllDifferent) {
    constexpr std::uint64_t kRequests = 1'000'000;
    const DrawnValue nonce(DrawnValue::Terms{Kind::nonce, 2});
    for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{2}, kMostSeed}) {
        std::vector<std::uint64_t> drawn(kRequests);
        for (std::uint64_t number = 0; number < kRequests; ++number) {
            drawn[number] = nonce.number({number, 0, seed});
        }
        std::sort(drawn.begin(), drawn.end());
        EXPECT_EQ(std::adjacent_find(drawn.begin(), drawn.end()), drawn.end()) << seed;
    }
}

TEST(DrawnValue, ANonceIsItsWordInHexadecimal) {
    const DrawnValue nonce(DrawnValue::Terms{Kind::nonce});
    DrawnValue::Scratch scratch;
    for (std::uint64_t number = 0; number < 1000; ++number) {
        const Identity request{number, 3, 5};
        EXPECT_EQ(nonce.text(request, scratch), fmt::format("{:016x}", nonce.number(request)));
        EXPECT_EQ(nonce.length(request), 16U);
    }
}

/// How far from even the draws of `value` are: for `span` values, this much on the average, and
/// hardly ever twice as much.
double chi_square(const DrawnValue& value, std::uint64_t least, std::uint64_t span,
                  std::uint64_t seed) {
    constexpr std::uint64_t kDraws = 200'000;
    std::vector<std::uint64_t> counts(span);
    for (std::uint64_t number = 0; number < kDraws; ++number) {
        const std::uint64_t drawn = value.number({number, 0, seed});
        if (drawn < least || drawn - least >= span) {
            ADD_FAILURE() << drawn << " is not in the range";
            return 0;
        }
        ++counts[drawn - least];
    }
    const double expected = static_cast<double>(kDraws) / static_cast<double>(span);
    double sum = 0;
    for (const std::uint64_t count : counts) {
        const double off = static_cast<double>(count) - expected;
        sum += off * off / expected;
    }
    return sum;
}

TEST(DrawnValue, NumbersAreDrawnEvenly) {
    for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{77}, kMostSeed}) {
        EXPECT_LT(chi_square(number_between(1, 100), 1, 100, seed), 200.0) << seed;
        EXPECT_LT(chi_square(number_between(1000, 1999, 7), 1000, 1000, seed), 1500.0) << seed;
    }
}

TEST(DrawnValue, LinesArePickedEvenly) {
    std::vector<std::string> lines;
    for (int i = 0; i < 50; ++i) {
        lines.push_back(std::to_string(i));
    }
    DrawnValue::Terms terms{Kind::line};
    terms.lines = std::make_shared<const std::vector<std::string>>(lines);
    const DrawnValue line(std::move(terms));
    EXPECT_LT(chi_square(line, 0, 50, 1), 120.0);
    DrawnValue::Scratch scratch;
    for (std::uint64_t number = 0; number < 100; ++number) {
        const Identity request{number, 0, 1};
        EXPECT_EQ(line.text(request, scratch), lines[line.number(request)]);
    }
}

TEST(DrawnValue, OfOneRequestTwoStreamsAreApart) {
    const auto one = number_between(0, 1, 0);
    const auto other = number_between(0, 1, 1);
    std::uint64_t same = 0;
    constexpr std::uint64_t kRequests = 10'000;
    for (std::uint64_t number = 0; number < kRequests; ++number) {
        same += one.number({number, 0, 1}) == other.number({number, 0, 1}) ? 1 : 0;
    }
    EXPECT_GT(same, kRequests * 45 / 100);
    EXPECT_LT(same, kRequests * 55 / 100);
}

TEST(DrawnValue, ARequestHasOneValueWhoeverDrawsIt) {
    const auto here = number_between(1, 1'000'000'000, 4);
    const auto there = number_between(1, 1'000'000'000, 4);
    DrawnValue::Scratch scratch;
    DrawnValue::Scratch another;
    for (std::uint64_t number = 0; number < 1000; ++number) {
        const Identity request{number, 2, 9};
        EXPECT_EQ(here.number(request), there.number(request));
        EXPECT_EQ(here.text(request, scratch), there.text(request, another));
        EXPECT_EQ(here.number(request), here.number({number, 17, 9})) << "on any connection";
    }
}

TEST(DrawnValue, TheWholeRangeOfWordsIsARange) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    const auto any = number_between(0, kMost);
    EXPECT_NE(any.number({1, 0, 1}), any.number({2, 0, 1}));
    EXPECT_EQ(number_between(kMost, kMost).number({1, 0, 1}), kMost);
    EXPECT_EQ(any.longest(), 20U);
}

class LinesToPick : public ::testing::Test {
  protected:
    std::filesystem::path write(const std::string& content) {
        const auto path = folder_.path() / "lines.txt";
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    std::string error_of(const std::string& content) {
        const auto lines = read_lines_to_pick(write(content));
        if (lines) {
            return "";
        }
        EXPECT_EQ(lines.error().code, ErrorCode::usage);
        return lines.error().message;
    }

    TemporaryFolder folder_ = TemporaryFolder::make("benchhost-lines").value();
};

TEST_F(LinesToPick, AreThoseOfTheFile) {
    const std::vector<std::string> expected{"one", "two words", "\u00fcber"};
    for (const char* const content : {"one\ntwo words\n\u00fcber\n", "one\ntwo words\n\u00fcber",
                                      "one\r\ntwo words\r\n\u00fcber\r\n"}) {
        const auto lines = read_lines_to_pick(write(content));
        ASSERT_TRUE(lines.has_value()) << lines.error().message;
        EXPECT_EQ(*lines, expected);
    }
}

TEST_F(LinesToPick, WhatIsNoneIsTold) {
    EXPECT_THAT(error_of(""), HasSubstr("lines.txt is empty: there is no line to pick"));
    EXPECT_THAT(error_of("one\n\nthree\n"), HasSubstr("lines.txt:2: \"\" has nothing to pick"));
    EXPECT_THAT(error_of("\n"), HasSubstr("lines.txt:1: "));
    EXPECT_THAT(error_of("one\ntwo\x01\n"), HasSubstr("lines.txt:2: "));
    EXPECT_THAT(error_of("one\ntwo\rthree\n"), HasSubstr("lines.txt:2: "));
    EXPECT_THAT(error_of("\xff\n"), HasSubstr("lines.txt:1: "));
    const auto missing = read_lines_to_pick(folder_.path() / "none");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ErrorCode::usage);
    EXPECT_THAT(missing.error().message, HasSubstr("none"));
}

}  // namespace
}  // namespace benchhost::requests

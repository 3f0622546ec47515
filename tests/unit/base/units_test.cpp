#include "core/base/units.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace benchhost::base {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Duration, is_read_in_every_unit) {
    EXPECT_EQ(*parse_duration("100ns"), 100ns);
    EXPECT_EQ(*parse_duration("250us"), 250us);
    EXPECT_EQ(*parse_duration("500ms"), 500ms);
    EXPECT_EQ(*parse_duration("10s"), 10s);
    EXPECT_EQ(*parse_duration("2m"), 2min);
    EXPECT_EQ(*parse_duration("1h"), 1h);
    EXPECT_EQ(*parse_duration("1.5s"), 1500ms);
    EXPECT_EQ(*parse_duration(" 10 s "), 10s);
    EXPECT_EQ(*parse_duration("0"), 0s);
}

TEST(Duration, of_no_known_form_is_refused) {
    for (const char* text : {"", " ", "10", "-1s", "+1s", "1d", "s", "1 s s", "1e3s", "inf", "nan",
                             "1S", "1,5s", "0x10s", "99999999h"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_EQ(duration.error().code, ErrorCode::usage);
        EXPECT_THAT(duration.error().message, HasSubstr(std::string("\"") + text + "\""));
        EXPECT_THAT(duration.error().message, HasSubstr("allowed: "));
    }
}

TEST(DurationRange, is_two_durations_or_one) {
    EXPECT_EQ(*parse_duration_range("5s..15s"), (DurationRange{5s, 15s}));
    EXPECT_EQ(*parse_duration_range("0..1m"), (DurationRange{0s, 1min}));
    EXPECT_EQ(*parse_duration_range("3s"), (DurationRange{3s, 3s}));
    for (const char* text : {"15s..5s", "..", "5s..", "..5s", "5s-15s", "5s..6s..7s", ""}) {
        EXPECT_FALSE(parse_duration_range(text)) << text;
    }
}

TEST(ByteCount, is_read_in_every_unit) {
    EXPECT_EQ(*parse_bytes("0"), 0U);
    EXPECT_EQ(*parse_bytes("512B"), 512U);
    EXPECT_EQ(*parse_bytes("64KiB"), 65'536U);
    EXPECT_EQ(*parse_bytes("1MiB"), 1'048'576U);
    EXPECT_EQ(*parse_bytes("2GiB"), 2'147'483'648U);
    EXPECT_EQ(*parse_bytes("64kB"), 64'000U);
    EXPECT_EQ(*parse_bytes("1.5KiB"), 1'536U);
    for (const char* text : {"", "64", "-1B", "0.5B", "64kib", "64K", "9999999GiB"}) {
        EXPECT_FALSE(parse_bytes(text)) << text;
    }
}

TEST(Rate, is_positive_and_a_second) {
    EXPECT_EQ(*parse_rate("400"), 400);
    EXPECT_EQ(*parse_rate("400/s"), 400);
    EXPECT_EQ(*parse_rate("20k/s"), 20'000);
    EXPECT_EQ(*parse_rate("1.5M/s"), 1'500'000);
    EXPECT_EQ(*parse_rate("0.5"), 0.5);
    for (const char* text : {"", "0", "-4", "4/m", "k", "/s", "4 per second", "inf"}) {
        EXPECT_FALSE(parse_rate(text)) << text;
    }
}

TEST(WholeNumber, stays_in_its_range) {
    EXPECT_EQ(*parse_count("5", 1, 10), 5U);
    EXPECT_EQ(*parse_count(" 10 ", 1, 10), 10U);
    EXPECT_EQ(*parse_count("18446744073709551615", 0, std::numeric_limits<std::uint64_t>::max()),
              std::numeric_limits<std::uint64_t>::max());
    for (const char* text : {"", "0", "11", "-1", "1.0", "1k", "five", "99999999999999999999"}) {
        const auto count = parse_count(text, 1, 10);
        ASSERT_FALSE(count) << text;
        EXPECT_THAT(count.error().message, HasSubstr("1 to 10"));
    }
}

TEST(Fraction, is_a_share_or_a_percentage) {
    EXPECT_DOUBLE_EQ(*parse_fraction("5%"), 0.05);
    EXPECT_DOUBLE_EQ(*parse_fraction("0.05"), 0.05);
    EXPECT_DOUBLE_EQ(*parse_fraction("100%"), 1);
    for (const char* text : {"", "5", "101%", "-1%", "5 percent"}) {
        EXPECT_FALSE(parse_fraction(text)) << text;
    }
}

TEST(YesNo, has_four_spellings_each) {
    for (const char* text : {"yes", "true", "on", "1", " yes "}) {
        EXPECT_TRUE(*parse_yes_no(text)) << text;
    }
    for (const char* text : {"no", "false", "off", "0"}) {
        EXPECT_FALSE(*parse_yes_no(text)) << text;
    }
    for (const char* text : {"", "Yes", "y", "2"}) {
        EXPECT_FALSE(parse_yes_no(text)) << text;
    }
}

TEST(Format, is_what_the_readers_read_back) {
    EXPECT_EQ(format_duration(0s), "0");
    EXPECT_EQ(format_duration(10s), "10s");
    EXPECT_EQ(format_duration(1500ms), "1500ms");
    EXPECT_EQ(format_duration(1ns), "1ns");
    EXPECT_EQ(format_bytes(65'536), "64KiB");
    EXPECT_EQ(format_bytes(100), "100B");
    for (const auto duration : {0ns, 1ns, 999ns, 1'000ns, 60'000'000'000ns, 3'600'000'000'001ns}) {
        EXPECT_EQ(*parse_duration(format_duration(duration)), duration);
    }
    for (const std::uint64_t bytes : {0ULL, 1ULL, 1023ULL, 1024ULL, 1'048'576ULL, 1'048'577ULL}) {
        EXPECT_EQ(*parse_bytes(format_bytes(bytes)), bytes);
    }
}

}  // namespace
}  // namespace benchhost::base

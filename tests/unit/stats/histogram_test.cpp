// The histogram against a sorted list of the same values, and its text form against what
// HdrHistogram writes and against damage.
#include "core/stats/histogram.hpp"

#include <Poco/Base64Encoder.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace benchhost::stats {
namespace {

using std::chrono::nanoseconds;
using testing::HasSubstr;

// Written by the Python package hdrhistogram 0.10.8 (HdrHistogram(1, 3600000000000, 3)) after
// recording 0, 1, 2, 3, 2047 five times, 2048, 1000000 300 times, 123456789 seven times, and one
// hour.
constexpr const char* kWrittenByHdrHistogram =
    "HISTFAAAADR4nJNpmSzMwMAgwgABzFCaEch0M9ixgMH+A0SACQi+ynMx7e9jvMHyMY/v/htGJgDhGQrs";
// The same package with 2 significant digits: another layout.
constexpr const char* kTwoDigits = "HISTFAAAACN4nJNpmSzMwMDAxAABMJqRgYHZzWDHAgb7DxABTiYAVw4EVw==";

Histogram as_recorded_there() {
    Histogram histogram;
    for (const int value : {0, 1, 2, 3, 2048, 1'000'000}) {
        histogram.record(nanoseconds(value));
    }
    histogram.record(nanoseconds(2047), 5);
    histogram.record(nanoseconds(1'000'000), 299);
    histogram.record(nanoseconds(123'456'789), 7);
    histogram.record(std::chrono::hours(1));
    return histogram;
}

// Latencies over nine decades, as a generator would see them.
std::vector<std::int64_t> many_values(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> exponent(0, 9.5);
    std::vector<std::int64_t> values(count);
    std::generate(values.begin(), values.end(),
                  [&] { return static_cast<std::int64_t>(std::pow(10, exponent(random))); });
    return values;
}

TEST(Histogram, is_zero_when_empty) {
    const Histogram histogram;
    EXPECT_TRUE(histogram.empty());
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.min().count(), 0);
    EXPECT_EQ(histogram.max().count(), 0);
    EXPECT_EQ(histogram.mean_ns(), 0);
    EXPECT_EQ(histogram.at_quantile(0.5).count(), 0);
}

TEST(Histogram, tells_small_values_exactly) {
    Histogram histogram;
    for (int value = 1; value <= 100; ++value) {
        histogram.record(nanoseconds(value));
    }
    for (int percent = 1; percent <= 100; ++percent) {
        EXPECT_EQ(histogram.at_quantile(percent / 100.0).count(), percent);
    }
    EXPECT_EQ(histogram.at_quantile(0).count(), 1);
    EXPECT_DOUBLE_EQ(histogram.mean_ns(), 50.5);
}

TEST(Histogram, agrees_with_the_sorted_values_to_a_thousandth) {
    auto values = many_values(20'000, 7);
    Histogram histogram;
    double sum = 0;
    for (const auto value : values) {
        histogram.record(nanoseconds(value));
        sum += static_cast<double>(value);
    }
    std::sort(values.begin(), values.end());
    EXPECT_EQ(histogram.count(), values.size());
    EXPECT_EQ(histogram.min().count(), values.front());
    EXPECT_EQ(histogram.max().count(), values.back());
    const double mean = sum / static_cast<double>(values.size());
    EXPECT_NEAR(histogram.mean_ns(), mean, mean / 1000);
    for (std::size_t rank = 1; rank <= values.size(); rank += 13) {
        const double quantile = static_cast<double>(rank) / static_cast<double>(values.size());
        const auto exact = values[rank - 1];
        const auto told = histogram.at_quantile(quantile).count();
        EXPECT_GE(told, exact) << "rank " << rank;
        EXPECT_LE(told, exact + exact / 1000) << "rank " << rank;
    }
}

TEST(Histogram, never_tells_a_quantile_above_the_maximum) {
    Histogram histogram;
    histogram.record(nanoseconds(1'000'001));
    EXPECT_EQ(histogram.at_quantile(0.5).count(), 1'000'001);
    EXPECT_DOUBLE_EQ(histogram.mean_ns(), 1'000'001);
}

TEST(Histogram, takes_values_out_of_range) {
    Histogram histogram;
    histogram.record(nanoseconds(-5));
    histogram.record(nanoseconds::max());
    histogram.record(std::chrono::hours(1));
    histogram.record(nanoseconds(9), 0);
    EXPECT_EQ(histogram.count(), 3U);
    EXPECT_EQ(histogram.min().count(), 0);
    EXPECT_EQ(histogram.max(), nanoseconds::max());
    EXPECT_EQ(histogram.at_quantile(1), nanoseconds::max());
    EXPECT_GE(histogram.at_quantile(0.6), std::chrono::hours(1));
    EXPECT_EQ(histogram.at_quantile(std::nan("")).count(), 0);
    EXPECT_EQ(histogram.at_quantile(7), nanoseconds::max());
}

TEST(Histogram, visits_each_bucket_in_order) {
    const auto values = many_values(5'000, 3);
    Histogram histogram;
    for (const auto value : values) {
        histogram.record(nanoseconds(value));
    }
    std::uint64_t seen = 0;
    nanoseconds previous{-1};
    histogram.for_each_bucket([&](nanoseconds highest, std::uint64_t count) {
        EXPECT_GT(highest, previous);
        EXPECT_GT(count, 0U);
        previous = highest;
        seen += count;
    });
    EXPECT_EQ(seen, values.size());
    EXPECT_GE(previous, histogram.max());
}

TEST(Histogram, merges_as_if_recorded_together) {
    Histogram first;
    Histogram second;
    Histogram together;
    for (const auto value : many_values(3'000, 1)) {
        first.record(nanoseconds(value));
        together.record(nanoseconds(value));
    }
    for (const auto value : many_values(2'000, 2)) {
        second.record(nanoseconds(value));
        together.record(nanoseconds(value));
    }
    first.merge(second);
    EXPECT_EQ(first, together);
    EXPECT_EQ(first.count(), together.count());
    EXPECT_EQ(first.min(), together.min());
    EXPECT_EQ(first.max(), together.max());
    first.merge(Histogram());
    EXPECT_EQ(first.min(), together.min());
    first.clear();
    EXPECT_EQ(first, Histogram());
    EXPECT_TRUE(first.empty());
}

TEST(Histogram, tells_no_quantile_above_the_maximum_of_several) {
    Histogram histogram;
    histogram.record(nanoseconds(1'000'001), 3);
    EXPECT_EQ(histogram.at_quantile(0.5).count(), 1'000'001);
}

TEST(Histogram, weighs_each_value_of_the_mean_by_its_count) {
    Histogram histogram;
    histogram.record(nanoseconds(2), 3);
    histogram.record(nanoseconds(10));
    EXPECT_DOUBLE_EQ(histogram.mean_ns(), 4);
}

TEST(Histogram, forgets_the_extremes_too) {
    Histogram histogram;
    histogram.record(nanoseconds(3));
    histogram.record(nanoseconds(9));
    histogram.clear();
    histogram.record(nanoseconds(5));
    EXPECT_EQ(histogram.min().count(), 5);
    EXPECT_EQ(histogram.max().count(), 5);
}

TEST(StoredHistogram, tells_what_the_recorded_one_tells) {
    Histogram recorded;
    for (const auto value : many_values(5'000, 5)) {
        recorded.record(nanoseconds(value), 2);
    }
    const StoredHistogram stored = recorded;
    EXPECT_EQ(stored.count(), recorded.count());
    EXPECT_EQ(stored.min(), recorded.min());
    EXPECT_EQ(stored.max(), recorded.max());
    EXPECT_EQ(stored.encode(), recorded.encode());
    Histogram merged;
    merged.merge(stored);
    EXPECT_EQ(merged, recorded);
    EXPECT_EQ(merged.min(), recorded.min());
    EXPECT_EQ(merged.max(), recorded.max());
    merged.merge(StoredHistogram());
    EXPECT_EQ(merged.min(), recorded.min());
    EXPECT_EQ(StoredHistogram(Histogram()), StoredHistogram());
    EXPECT_EQ(StoredHistogram().min().count(), 0);
}

TEST(HistogramText, comes_back_as_it_was) {
    Histogram histogram;
    for (const auto value : many_values(10'000, 11)) {
        histogram.record(nanoseconds(value), 3);
    }
    histogram.record(nanoseconds::max());
    const auto text = histogram.encode();
    EXPECT_EQ(text.find_first_of("\r\n "), std::string::npos);
    const auto back = StoredHistogram::decode(text);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, histogram);
    EXPECT_EQ(back->count(), histogram.count());
    EXPECT_EQ(back->at_quantile(0.99), histogram.at_quantile(0.99));
    EXPECT_EQ(back->encode(), text);
}

TEST(HistogramText, keeps_large_counts_exact) {
    Histogram histogram;
    histogram.record(nanoseconds(5), std::uint64_t{1} << 62U);
    histogram.record(nanoseconds(6), 9'007'199'254'740'993);  // not a double
    const auto back = StoredHistogram::decode(histogram.encode());
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, histogram);
}

TEST(HistogramText, of_an_empty_one_is_empty) {
    const auto back = StoredHistogram::decode(Histogram().encode());
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_TRUE(back->empty());
}

TEST(HistogramText, reads_what_hdrhistogram_wrote) {
    const auto read = StoredHistogram::decode(kWrittenByHdrHistogram);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, as_recorded_there());
    EXPECT_EQ(read->count(), 318U);
    EXPECT_EQ(read->at_quantile(0.5).count(), 1'000'447);
    EXPECT_EQ(read->at_quantile(0.99).count(), 123'469'823);
    EXPECT_EQ(read->max().count(), 3'601'330'077'695);
}

TEST(HistogramText, is_what_hdrhistogram_would_write) {
    EXPECT_EQ(as_recorded_there().encode(), kWrittenByHdrHistogram);
}

TEST(HistogramText, of_another_layout_is_refused) {
    const auto read = StoredHistogram::decode(kTwoDigits);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::data);
    EXPECT_THAT(read.error().message, HasSubstr("3 significant digits"));
}

TEST(HistogramText, that_is_none_is_refused) {
    for (const std::string text : {"", "AAAA", "!!!!", "HISTFAAAA", "HISTFAAAAAA=", "\xff\xfe"}) {
        const auto read = StoredHistogram::decode(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::data);
    }
    EXPECT_FALSE(StoredHistogram::decode(std::string(50'000'000, 'A')));
}

TEST(HistogramText, that_inflates_without_end_is_refused) {
    const std::string plain(20'000'000, '\0');
    uLongf size = compressBound(static_cast<uLong>(plain.size()));
    std::string deflated(size, '\0');
    ASSERT_EQ(compress2(reinterpret_cast<Bytef*>(deflated.data()), &size,
                        reinterpret_cast<const Bytef*>(plain.data()),
                        static_cast<uLong>(plain.size()), Z_BEST_COMPRESSION),
              Z_OK);
    std::string wrapped = "\x1c\x84\x93\x14";
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        wrapped += static_cast<char>((size >> shift) & 0xffU);
    }
    std::ostringstream text;
    Poco::Base64Encoder encoder(text);
    encoder.rdbuf()->setLineLength(0);
    encoder << wrapped << deflated.substr(0, size);
    encoder.close();
    const auto read = StoredHistogram::decode(text.str());
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("inflates to more than it can have"));
}

TEST(HistogramText, cut_off_anywhere_is_refused) {
    const std::string text = kWrittenByHdrHistogram;
    for (std::size_t size = 0; size + 4 < text.size(); ++size) {
        EXPECT_FALSE(StoredHistogram::decode(text.substr(0, size))) << "cut to " << size;
    }
}

// Some single changes cannot be seen in the base64 padding; none may crash or add memory.
TEST(HistogramText, damaged_anywhere_is_refused_or_read) {
    const auto whole = as_recorded_there();
    for (std::size_t i = 0; i < std::string(kWrittenByHdrHistogram).size(); ++i) {
        for (const char c : {'A', '/', '=', '\n', '\0', '~'}) {
            std::string text = kWrittenByHdrHistogram;
            text[i] = c;
            const auto read = StoredHistogram::decode(text);
            if (read) {
                EXPECT_EQ(*read, whole) << i << " became " << c;
            } else {
                EXPECT_THAT(read.error().message, HasSubstr("not a histogram"));
            }
        }
    }
}

}  // namespace
}  // namespace benchhost::stats

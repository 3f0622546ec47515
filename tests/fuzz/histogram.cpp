// A histogram is the same after being written and read again, and its figures are in order. The
// input is what results.json has of one, or the counts within, which no mutation would find through
// base64 and deflate, or times to be recorded.
#include "core/stats/histogram.hpp"

#include "tests/fuzz/door.hpp"

#include <Poco/Base64Encoder.h>
#include <zlib.h>

#include <cstring>
#include <sstream>

namespace benchhost::fuzz {
namespace {

using stats::Histogram;
using stats::StoredHistogram;

template <class Word>
std::string big_endian(Word word) {
    std::string bytes;
    for (std::size_t shift = sizeof(Word) * 8; shift > 0; shift -= 8) {
        bytes += static_cast<char>((word >> (shift - 8)) & 0xFFU);
    }
    return bytes;
}

// HdrHistogram's V2 format around them.
std::string wrapped(std::string_view counts) {
    const auto plain = big_endian(std::uint32_t{0x1c849313}) +
                       big_endian(static_cast<std::uint32_t>(counts.size())) +
                       big_endian(std::uint32_t{0}) + big_endian(std::uint32_t{3}) +
                       big_endian(std::uint64_t{1}) + big_endian(std::uint64_t{3'600'000'000'000}) +
                       big_endian(std::uint64_t{0x3ff0000000000000}) + std::string(counts);
    auto size = compressBound(static_cast<uLong>(plain.size()));
    std::string deflated(size, '\0');
    compress(reinterpret_cast<Bytef*>(deflated.data()), &size,
             reinterpret_cast<const Bytef*>(plain.data()), static_cast<uLong>(plain.size()));
    deflated.resize(size);
    std::ostringstream text;
    Poco::Base64Encoder encoder(text);
    encoder.rdbuf()->setLineLength(0);
    encoder << big_endian(std::uint32_t{0x1c849314})
            << big_endian(static_cast<std::uint32_t>(deflated.size())) << deflated;
    encoder.close();
    return text.str();
}

void hold_figures(const StoredHistogram& histogram) {
    std::uint64_t count = 0;
    Nanoseconds before{-1};
    histogram.for_each_bucket([&](Nanoseconds highest, std::uint64_t in_bucket) {
        hold(highest > before && in_bucket > 0, "the buckets are in order, and none is empty");
        before = highest;
        count += in_bucket;
    });
    hold(count == histogram.count() && histogram.empty() == (count == 0), "the counts add up");
    auto lower = histogram.min();
    for (const double quantile : {0.0, 0.5, 0.99, 0.999, 1.0}) {
        const auto value = histogram.at_quantile(quantile);
        hold(value >= lower && value <= histogram.max(), "a higher percentile is not lower");
        lower = value;
    }
    const double mean = histogram.mean_ns();
    hold(mean >= static_cast<double>(histogram.min().count()) &&
             mean <= static_cast<double>(histogram.max().count()),
         "the mean lies between the least and the most");
}

void hold_same_histogram(const StoredHistogram& histogram) {
    const auto again = StoredHistogram::decode(histogram.encode());
    hold(again.has_value(), "what was written is read");
    hold(*again == histogram, "it comes back with the same counts");
}

void decode_histogram(const std::string& text) {
    const auto histogram = StoredHistogram::decode(text);
    if (!histogram) {
        hold_error(histogram.error(), ErrorCode::data);
        return;
    }
    hold_figures(*histogram);
    hold_same_histogram(*histogram);
    // Without the text that it was read from.
    Histogram recorded;
    recorded.merge(*histogram);
    const StoredHistogram kept(recorded);
    hold(kept == *histogram, "merging keeps the counts");
    hold_same_histogram(kept);
}

void record_times(std::string_view times) {
    Histogram recorded;
    for (; times.size() >= sizeof(std::int64_t); times.remove_prefix(sizeof(std::int64_t))) {
        std::int64_t time = 0;
        std::memcpy(&time, times.data(), sizeof time);
        // Beyond the highest only their number is kept.
        recorded.record(Nanoseconds(time % Histogram::kHighest.count()),
                        1 + static_cast<std::uint64_t>(time & 7));
    }
    const StoredHistogram kept(recorded);
    hold_figures(kept);
    hold_same_histogram(kept);
}

void read_histogram(std::string_view input) {
    decode_histogram(std::string(input));
    decode_histogram(wrapped(input));
    record_times(input);
}

const Door histogram_door("histogram", read_histogram);

}  // namespace
}  // namespace benchhost::fuzz

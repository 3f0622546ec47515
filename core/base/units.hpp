// Quantities as users write them ("10s", "64KiB", "20k/s", "5s..15s") and as reports print them.
#pragma once

#include "core/base/result.hpp"

#include <boost/describe/class.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace benchhost {

using Nanoseconds = std::chrono::nanoseconds;

/// A closed range of durations, both ends included.
struct DurationRange {
    Nanoseconds from{};
    Nanoseconds to{};
    friend bool operator==(const DurationRange&, const DurationRange&) = default;
};
BOOST_DESCRIBE_STRUCT(DurationRange, (), (from, to))

/// "500ms" "10s" "2m" "1.5s" "250us" "100ns" "1h"; a bare "0" is allowed, another bare number is
/// not. Never negative. The error names what is allowed.
Result<Nanoseconds> parse_duration(std::string_view text);

/// "5s..15s", or one duration for both ends. The first end must not be the larger.
Result<DurationRange> parse_duration_range(std::string_view text);

/// "0" "512B" "64KiB" "1MiB" "2GiB", and decimal "64kB" "1MB" "1GB".
Result<std::uint64_t> parse_bytes(std::string_view text);

/// Per second: "400" "400/s" "20k/s" "1.5M/s". Positive.
Result<double> parse_rate(std::string_view text);

/// A whole number in [least, most].
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most);

/// "5%" or "0.05" as a fraction in [0, 1].
Result<double> parse_fraction(std::string_view text);

/// yes/no, true/false, on/off, 1/0.
Result<bool> parse_yes_no(std::string_view text);

/// The shortest exact spelling that parse_duration reads back: "1500ms", "10s", "0".
std::string format_duration(Nanoseconds duration);

/// The shortest exact spelling that parse_bytes reads back: "64KiB", "100B".
std::string format_bytes(std::uint64_t bytes);

constexpr double to_seconds(Nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}
constexpr double to_milliseconds(Nanoseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

std::string grouped(std::uint64_t count);  ///< for people: 1,234,567

}  // namespace benchhost

#include "core/base/units.hpp"

#include "core/base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace benchhost {
namespace {

struct Unit {
    std::string_view suffix;
    double factor;
};

constexpr std::array<Unit, 6> kDurationUnits{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr std::array<Unit, 7> kByteUnits{{{"B", 1},
                                          {"KiB", 1024},
                                          {"MiB", 1024.0 * 1024},
                                          {"GiB", 1024.0 * 1024 * 1024},
                                          {"kB", 1e3},
                                          {"MB", 1e6},
                                          {"GB", 1e9}}};
constexpr std::array<Unit, 3> kRateUnits{{{"", 1}, {"k", 1e3}, {"M", 1e6}}};

// The largest whole number every double up to it represents exactly.
constexpr double kLargestExact = 9007199254740992.0;

std::string_view trim(std::string_view text) {
    const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

struct NumberAndSuffix {
    double number;
    std::string_view suffix;
};

std::optional<NumberAndSuffix> split_number(std::string_view text) {
    text = trim(text);
    if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) == 0) {
        return std::nullopt;  // no sign, no "inf", no "nan"
    }
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return NumberAndSuffix{number, trim(text)};
}

template <std::size_t N>
std::optional<double> scaled(const NumberAndSuffix& parts, const std::array<Unit, N>& units) {
    const auto* unit = std::find_if(units.begin(), units.end(), [&](const Unit& candidate) {
        return candidate.suffix == parts.suffix;
    });
    if (unit == units.end()) {
        return std::nullopt;
    }
    const double value = parts.number * unit->factor;
    return value <= kLargestExact ? std::optional(value) : std::nullopt;
}

Error not_a(std::string_view what, std::string_view text, std::string_view allowed) {
    return {ErrorCode::usage,
            fmt::format("{} is not {}; allowed: {}", in_quotes(text), what, allowed)};
}

template <std::size_t N>
std::string largest_exact_unit(std::uint64_t value, const std::array<Unit, N>& units,
                               std::size_t first, std::size_t last) {
    for (std::size_t i = last + 1; i-- > first;) {
        const auto factor = static_cast<std::uint64_t>(units[i].factor);
        if (value % factor == 0) {
            return fmt::format("{}{}", value / factor, units[i].suffix);
        }
    }
    return fmt::format("{}{}", value, units[first].suffix);
}

}  // namespace

Result<Nanoseconds> parse_duration(std::string_view text) {
    const auto parts = split_number(text);
    if (parts && parts->number == 0 && parts->suffix.empty()) {
        return Nanoseconds{0};
    }
    const auto value = parts ? scaled(*parts, kDurationUnits) : std::nullopt;
    if (!value) {
        return not_a("a duration", text, "a number with ns, us, ms, s, m or h, such as 500ms");
    }
    return Nanoseconds{std::llround(*value)};
}

Result<DurationRange> parse_duration_range(std::string_view text) {
    const auto dots = text.find("..");
    const auto from = parse_duration(text.substr(0, dots));
    const auto to = dots == std::string_view::npos ? from : parse_duration(text.substr(dots + 2));
    if (!from || !to || *from > *to) {
        return not_a("a range of durations", text,
                     "two durations with the smaller first, such as 5s..15s, or one duration");
    }
    return DurationRange{*from, *to};
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
    const auto parts = split_number(text);
    if (parts && parts->number == 0 && parts->suffix.empty()) {
        return std::uint64_t{0};
    }
    const auto value = parts ? scaled(*parts, kByteUnits) : std::nullopt;
    if (!value || *value != std::floor(*value)) {
        return not_a("a size", text, "a number with B, KiB, MiB, GiB, kB, MB or GB, such as 64KiB");
    }
    return static_cast<std::uint64_t>(*value);
}

Result<double> parse_rate(std::string_view text) {
    auto parts = split_number(text);
    if (parts && parts->suffix.ends_with("/s")) {
        parts->suffix.remove_suffix(2);
        parts->suffix = trim(parts->suffix);
    }
    const auto value = parts ? scaled(*parts, kRateUnits) : std::nullopt;
    if (!value || *value <= 0) {
        return not_a("a rate", text, "a positive number a second, such as 400, 20k/s or 1.5M/s");
    }
    return *value;
}

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
    const auto trimmed = trim(text);
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
    if (error != std::errc{} || end != trimmed.data() + trimmed.size() || value < least ||
        value > most) {
        const bool bounded = most != std::numeric_limits<std::uint64_t>::max();
        return not_a(
            "a whole number in range", text,
            bounded ? fmt::format("{} to {}", least, most) : fmt::format("{} or more", least));
    }
    return value;
}

Result<double> parse_fraction(std::string_view text) {
    const auto parts = split_number(text);
    if (parts && (parts->suffix == "%" || parts->suffix.empty())) {
        const double value = parts->suffix == "%" ? parts->number / 100 : parts->number;
        if (value <= 1) {
            return value;
        }
    }
    return not_a("a share", text, "0% to 100%, or 0 to 1");
}

Result<bool> parse_yes_no(std::string_view text) {
    const auto word = trim(text);
    for (const std::string_view yes : {"yes", "true", "on", "1"}) {
        if (word == yes) {
            return true;
        }
    }
    for (const std::string_view no : {"no", "false", "off", "0"}) {
        if (word == no) {
            return false;
        }
    }
    return not_a("yes or no", text, "yes or no");
}

std::string format_duration(Nanoseconds duration) {
    const auto count = static_cast<std::uint64_t>(duration.count());
    return count == 0 ? "0" : largest_exact_unit(count, kDurationUnits, 0, 3);
}

std::string format_bytes(std::uint64_t bytes) {
    return largest_exact_unit(bytes, kByteUnits, 0, bytes == 0 ? 0 : 3);
}

std::string grouped(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, 1, ',');
    }
    return digits;
}

}  // namespace benchhost

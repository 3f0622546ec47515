#include "core/plan/profile_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace benchhost::plan {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint64_t kMostPipeline = 64;
constexpr std::size_t kMostStages = 1000;
constexpr std::size_t kMostSweepRates = 100;
constexpr double kLeastRate = 0.01;
constexpr double kMostRate = 1e7;

Result<std::uint32_t> parse_small_count(const std::string& text, std::uint64_t most) {
    const auto count = parse_count(text, 1, most);
    if (!count) {
        return count.error();
    }
    return static_cast<std::uint32_t>(*count);
}

}  // namespace

Result<Nanoseconds> parse_window(const std::string& text) {
    return duration_between(text, milliseconds(1), hours(24));
}
Result<Nanoseconds> parse_warmup(const std::string& text) {
    return duration_between(text, Nanoseconds(0), hours(24));
}
Result<Nanoseconds> parse_latency(const std::string& text) {
    return duration_between(text, microseconds(1), hours(1));
}
Result<double> parse_request_rate(const std::string& text) {
    return rate_between(text, kLeastRate, kMostRate);
}
Result<std::uint32_t> parse_connections(const std::string& text) {
    return parse_small_count(text, kMostConnections);
}
Result<std::uint32_t> parse_pipeline(const std::string& text) {
    return parse_small_count(text, kMostPipeline);
}
Result<DurationRange> parse_think_time(const std::string& text) {
    auto range = parse_duration_range(text);
    if (range && range->to > hours(1)) {
        return Error{ErrorCode::usage,
                     fmt::format("\"{}\" is out of range; allowed: 0 to 1h", text)};
    }
    return range;
}
Result<double> parse_pass_share(const std::string& text) {
    auto share = parse_fraction(text);
    if (share && *share >= 1) {
        return Error{ErrorCode::usage, fmt::format("\"{}\" would never be a failure; allowed: 0% "
                                                   "to less than 100%",
                                                   text)};
    }
    return share;
}
Result<double> parse_resolution(const std::string& text) {
    auto share = parse_fraction(text);
    if (share && !(*share > 0 && *share <= 1)) {
        return Error{ErrorCode::usage,
                     fmt::format("\"{}\" is out of range; allowed: above 0% to 100%", text)};
    }
    return share;
}
Result<std::string> parse_file_name(const std::string& text) {
    constexpr std::size_t kMost = 100;
    const auto is_allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
    };
    if (text.size() > kMost || text.front() == '.' ||
        !std::all_of(text.begin(), text.end(), is_allowed)) {
        return Error{ErrorCode::usage,
                     fmt::format("\"{}\" is not a file name; allowed: letters, digits, \"_\", "
                                 "\".\" and \"-\", not a \".\" first; it lands in the run's folder",
                                 text)};
    }
    return text;
}

Result<Arrivals> parse_arrivals(const std::string& text) {
    return parse_enum<Arrivals>({"constant", "poisson"},
                                {Arrivals::constant, Arrivals::poisson})(text);
}

Result<std::vector<RateStage>> parse_stages(const std::string& text) {
    const auto items = parse_list(text);
    if (!items) {
        return items.error();
    }
    if (items->size() > kMostStages) {
        return Error{ErrorCode::usage,
                     fmt::format("{} stages are more than {}", items->size(), kMostStages)};
    }
    std::vector<RateStage> stages;
    Nanoseconds total{};
    for (const auto& item : *items) {
        const auto colon = item.find(':');
        if (colon == std::string::npos) {
            return Error{ErrorCode::usage,
                         fmt::format("\"{}\" is not a stage; allowed: RATE:DURATION, separated by "
                                     "commas, such as 1k/s:10s, 5k/s:20s",
                                     item)};
        }
        const auto rate = parse_request_rate(item.substr(0, colon));
        const auto duration = parse_window(item.substr(colon + 1));
        if (!rate || !duration) {
            return with_context(fmt::format("stage \"{}\"", item),
                                rate ? duration.error() : rate.error());
        }
        total += *duration;
        stages.push_back({*rate, *duration});
    }
    if (total > hours(24)) {
        return Error{ErrorCode::usage,
                     fmt::format("the stages last {}; allowed: up to 24h", format_duration(total))};
    }
    return stages;
}

Result<std::vector<SweepRate>> parse_sweep(const std::string& text) {
    const auto items = parse_list(text);
    if (!items) {
        return items.error();
    }
    if (items->size() > kMostSweepRates) {
        return Error{ErrorCode::usage,
                     fmt::format("{} rates are more than {}", items->size(), kMostSweepRates)};
    }
    std::vector<SweepRate> rates;
    for (const auto& item : *items) {
        const bool is_share = item.ends_with('%');
        const auto value = is_share ? parse_fraction(item) : parse_request_rate(item);
        if (!value) {
            return value.error();
        }
        if (!(*value > 0)) {
            return Error{ErrorCode::usage,
                         fmt::format("\"{}\" asks for nothing; allowed: above 0 %", item)};
        }
        if (!rates.empty() && rates.front().is_share != is_share) {
            return Error{ErrorCode::usage,
                         fmt::format("\"{}\" mixes rates and shares of the server's capacity; "
                                     "allowed: one kind, such as 1k/s, 5k/s or 20%, 80%",
                                     text)};
        }
        rates.push_back({*value, is_share});
    }
    return rates;
}

Result<double> parse_load_of_users(const std::string& text) {
    const auto count = parse_count(text, 1, kMostConnections);
    if (!count) {
        return count.error();
    }
    return static_cast<double>(*count);
}

}  // namespace benchhost::plan

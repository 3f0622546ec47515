#include "core/config/profile_values.hpp"

#include "core/base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace benchhost::config {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kMostStages = 1000;
constexpr std::size_t kMostSweepRates = 100;
constexpr double kLeastRate = 0.01;
constexpr double kMostRate = 1e7;

Result<DurationRange> parse_think_time(const std::string& text) {
    auto range = parse_duration_range(text);
    if (range && range->to > hours(1)) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is out of range; allowed: 0 to 1h", in_quotes(text))};
    }
    return range;
}

Result<double> parse_pass_share(const std::string& text) {
    auto share = parse_fraction(text);
    if (share && *share >= 1) {
        return Error{ErrorCode::usage, fmt::format("{} would never be a failure; allowed: 0% "
                                                   "to less than 100%",
                                                   in_quotes(text))};
    }
    return share;
}

Result<double> parse_resolution(const std::string& text) {
    auto share = parse_fraction(text);
    if (share && !(*share > 0 && *share <= 1)) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is out of range; allowed: above 0% to 100%", in_quotes(text))};
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
                     fmt::format("{} is not a file name; allowed: letters, digits, \"_\", "
                                 "\".\" and \"-\", not a \".\" first; it lands in the run's folder",
                                 in_quotes(text))};
    }
    if (std::find(kRunFiles.begin(), kRunFiles.end(), text) != kRunFiles.end()) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is written by every run, into the same folder; choose "
                                 "another name, such as seconds.csv",
                                 in_quotes(text))};
    }
    return text;
}

Result<std::vector<model::RateStage>> parse_stages(const std::string& text) {
    const auto items = parse_list(text);
    if (!items) {
        return items.error();
    }
    if (items->size() > kMostStages) {
        return Error{ErrorCode::usage,
                     fmt::format("{} stages are more than {}", items->size(), kMostStages)};
    }
    std::vector<model::RateStage> stages;
    Nanoseconds total{};
    for (const auto& item : *items) {
        const auto colon = item.find(':');
        if (colon == std::string::npos) {
            return Error{ErrorCode::usage,
                         fmt::format("{} is not a stage; allowed: RATE:DURATION, separated by "
                                     "commas, such as 1k/s:10s, 5k/s:20s",
                                     in_quotes(item))};
        }
        const auto rate = request_rate().parse(item.substr(0, colon));
        const auto duration = window().parse(item.substr(colon + 1));
        if (!rate || !duration) {
            return with_context(fmt::format("stage {}", in_quotes(item)),
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

Result<std::vector<model::SweepRate>> parse_sweep(const std::string& text) {
    const auto items = parse_list(text);
    if (!items) {
        return items.error();
    }
    if (items->size() > kMostSweepRates) {
        return Error{ErrorCode::usage,
                     fmt::format("{} rates are more than {}", items->size(), kMostSweepRates)};
    }
    std::vector<model::SweepRate> rates;
    for (const auto& item : *items) {
        const bool is_share = item.ends_with('%');
        const auto value = is_share ? parse_fraction(item) : request_rate().parse(item);
        if (!value) {
            return value.error();
        }
        if (!(*value > 0)) {
            return Error{ErrorCode::usage,
                         fmt::format("{} asks for nothing; allowed: above 0 %", in_quotes(item))};
        }
        if (!rates.empty() && rates.front().is_share != is_share) {
            return Error{ErrorCode::usage,
                         fmt::format("{} mixes rates and shares of the server's capacity; "
                                     "allowed: one kind, such as 1k/s, 5k/s or 20%, 80%",
                                     in_quotes(text))};
        }
        rates.push_back({*value, is_share});
    }
    return rates;
}

}  // namespace

Shape<model::Route> usual_route() {
    auto any = shape::word<model::Route>();
    std::vector<std::string> words;
    any.words.clear();
    for (const auto route : kAll<model::Route>) {
        if (model::is_usual(model::facts_of(route).form)) {
            words.emplace_back(word_of(route));
            any.words += fmt::format("{}`{}`", any.words.empty() ? "" : " ", word_of(route));
        }
    }
    any.parse = [words](const std::string& text) -> Result<model::Route> {
        const auto index = parse_word(text, words);
        return index ? Result<model::Route>(*from_word<model::Route>(words[*index]))
                     : index.error();
    };
    return any;
}

Shape<Nanoseconds> window() { return shape::duration(milliseconds(1), hours(24)); }
Shape<Nanoseconds> warmup() { return shape::duration(Nanoseconds(0), hours(24)); }
Shape<Nanoseconds> latency() { return shape::duration(microseconds(1), hours(1)); }
Shape<double> request_rate() { return shape::rate(kLeastRate, kMostRate); }

Shape<DurationRange> think_time() {
    return {"a range up to 1h", parse_think_time, [](const DurationRange& range) {
                return format_duration(range.from) + ".." + format_duration(range.to);
            }};
}

Shape<double> pass_share() { return shape::share("a share below 100%", parse_pass_share); }
Shape<double> resolution() { return shape::share("a share above 0% to 100%", parse_resolution); }
Shape<std::string> file_name() {
    return shape::text("a file name without folder", parse_file_name);
}

Shape<std::vector<model::RateStage>> stages() {
    return {fmt::format("`RATE:DURATION, ...`, up to {}", kMostStages), parse_stages, {}};
}
Shape<std::vector<model::SweepRate>> sweep() {
    return {fmt::format("up to {0} rates, or up to {0} shares with `%`", kMostSweepRates),
            parse_sweep,
            {}};
}

Shape<double> load_of_search(model::LimitSearch::Of of) {
    const auto users = shape::count<double>(1, model::kMostConnections);
    return {"users or a rate",
            of == model::LimitSearch::Of::users ? users.parse : request_rate().parse,
            {}};
}

}  // namespace benchhost::config

#include "core/model/fail_condition.hpp"

#include "core/base/printable.hpp"
#include "core/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace benchhost::model {
namespace {

using Figure = FailCondition::Figure;

constexpr std::array<std::pair<std::string_view, Figure>, 10> kFigures{{
    {"p50", Figure::p50},
    {"p75", Figure::p75},
    {"p90", Figure::p90},
    {"p95", Figure::p95},
    {"p99", Figure::p99},
    {"p99.9", Figure::p99_9},
    {"mean", Figure::mean},
    {"max", Figure::max},
    {"failed", Figure::failed},
    {"rate", Figure::rate},
}};

std::string_view trimmed(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(' '), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

Result<double> parse_border(Figure figure, std::string_view text) {
    switch (figure) {
        case Figure::failed:
            return parse_fraction(text);
        case Figure::rate:
            return parse_rate(text);
        default: {
            const auto duration = parse_duration(text);
            return duration ? Result<double>(to_milliseconds(*duration)) : duration.error();
        }
    }
}

}  // namespace

Result<FailCondition> parse_fail_condition(const std::string& text) {
    const auto sign = std::min(text.find_first_of("<>"), text.size());
    const auto name = trimmed(std::string_view(text).substr(0, sign));
    const auto* found = std::find_if(kFigures.begin(), kFigures.end(),
                                     [&](const auto& known) { return known.first == name; });
    if (sign == text.size() || found == kFigures.end()) {
        return Error{
            ErrorCode::usage,
            fmt::format("{} is no condition; allowed: p50, p75, p90, p95, p99, p99.9, mean "
                        "or max > or < a duration, failed > a share, rate < requests/s, "
                        "such as p99>50ms, failed>0.1%, rate<20k/s",
                        in_quotes(text))};
    }
    const auto border =
        parse_border(found->second, trimmed(std::string_view(text).substr(sign + 1)));
    if (!border) {
        return with_context(in_quotes(text), border.error());
    }
    return FailCondition{found->second, text[sign] == '>', *border, std::string(trimmed(text))};
}

}  // namespace benchhost::model

// What a user has decided to be a failure: "p99>50ms".
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace benchhost::model {

/// FIGURE>BORDER or FIGURE<BORDER.
struct FailCondition {
    enum class Figure : std::uint8_t { p50, p75, p90, p95, p99, p99_9, mean, max, failed, rate };
    Figure figure = Figure::p99;
    bool above = true;  ///< fails beyond the border; else below it
    double border = 0;  ///< milliseconds; a share of the requests; requests/s
    std::string text;   ///< as it was given, without the blanks around it
};

/// A percentile, mean or max of the response times against a duration, failed (what was lost of the
/// requests) against a share, rate against requests/s. The error is of code usage.
Result<FailCondition> parse_fail_condition(const std::string& text);

}  // namespace benchhost::model

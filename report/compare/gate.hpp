// What a comparison is about, and how large a change has to be before anybody should care.
#pragma once

#include "core/base/result.hpp"
#include "core/results/results.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::report {

/// Those that noise hardly touches first.
enum class Metric { cpu_us_per_request, rss_peak_bytes, requests_per_s, p99_ms, p50_ms };
inline constexpr std::array kMetrics{Metric::cpu_us_per_request, Metric::rss_peak_bytes,
                                     Metric::requests_per_s, Metric::p99_ms, Metric::p50_ms};

const char* short_name(Metric metric);  ///< as in --tolerance: "cpu" "rss" "rps" "p99" "p50"
const char* title(Metric metric);       ///< with its unit: "CPU (us/request)"
bool more_is_better(Metric metric);

/// The value of one trial when it may be compared: the trial was measured, its books balance, and
/// for rates and times neither the generator nor the machine was the limit. Always positive.
std::optional<double> comparable_value(const results::Trial& trial, Metric metric);

/// Only gated metrics decide; Holm adjusts over their cells. The others are shown for information.
struct Gate {
    struct Entry {
        Metric metric = Metric::requests_per_s;
        double tolerance = 0;  ///< a share: 0.05 lets 5 % pass
    };
    double alpha = 0.05;
    std::vector<Entry> entries{
        {Metric::cpu_us_per_request, 0.05}, {Metric::requests_per_s, 0.05}, {Metric::p99_ms, 0.10}};

    std::optional<double> tolerance_of(Metric metric) const;  ///< absent: not gated
};

/// "rps=5%,p99=10%,cpu=5%": exactly these metrics are gated. The error names what is allowed.
Result<Gate> parse_gate(const std::string& text);

}  // namespace benchhost::report

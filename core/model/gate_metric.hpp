// What a comparison of two builds can be gated on, in the order of its tables: those that noise
// hardly touches first, what users lose last: requests that fail, answers that are wrong. The
// enumerators are the names in [gate] and --tolerance.
#pragma once

#include "core/base/described.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace benchhost::model {

BOOST_DEFINE_ENUM_CLASS(GateMetric, cpu, rss, rps, p99, p50, failed, wrong)

struct NamedGateMetric {
    GateMetric metric{};
    std::string_view name;
};

inline constexpr auto kGateMetrics = [] {
    std::array<NamedGateMetric, kEnumerators<GateMetric>> metrics{};
    std::size_t next = 0;
    for_each_word<GateMetric>([&](GateMetric metric, const char* name) {
        metrics[next++] = {metric, name};
    });
    return metrics;
}();

constexpr std::string_view name_of(GateMetric metric) { return word_of(metric); }

}  // namespace benchhost::model

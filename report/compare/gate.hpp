// What a comparison is about, and how large a change has to be before anybody should care.
#pragma once

#include "core/base/result.hpp"
#include "core/model/gate_metric.hpp"
#include "core/results/results.hpp"

#include <optional>
#include <string>
#include <vector>

namespace benchhost::compare {

/// All that a comparison knows of one metric.
struct MetricRow {
    model::GateMetric metric;
    const char* title;                ///< with its unit
    std::optional<double> tolerance;  ///< a share, when no metric is named; absent: not gated then
    bool more_is_better;
    bool needs_a_free_server;  ///< says nothing where the generator or the machine was the limit
    std::optional<double> (*value)(const results::Trial& trial);
    std::string (*show)(double value);
};
const MetricRow& about(model::GateMetric metric);

/// The value of one trial when it may be compared: the trial was measured, its books balance, and
/// for rates and times neither the generator nor the machine was the limit. Always positive.
std::optional<double> comparable_value(const results::Trial& trial, model::GateMetric metric);

/// Only gated metrics decide; Holm adjusts over their cells. The others are shown for information.
struct Gate {
    struct Entry {
        model::GateMetric metric = model::GateMetric::rps;
        double tolerance = 0;  ///< a share: 0.05 lets 5 % pass
    };
    double alpha = 0.05;
    std::vector<Entry> entries = usual_entries();

    std::optional<double> tolerance_of(model::GateMetric metric) const;  ///< absent: not gated
    static std::vector<Entry> usual_entries();
};

/// "rps=5%,p99=10%,cpu=5%": exactly these metrics are gated. The error names what is allowed.
Result<Gate> parse_gate(const std::string& text);

}  // namespace benchhost::compare

// What a comparison is about, and how large a change has to be before anybody should care.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/model/gate_metric.hpp"
#include "core/results/results.hpp"

#include <cstddef>
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
    bool needs_a_free_server;  ///< says nothing where something else was the limit
    /// A ratio that rounds are tested for. Otherwise it is a share that users lose, told by counts
    /// (lost_cells.hpp), always gated, and its tolerance is a difference of shares.
    bool tested;
    std::optional<double> (*value)(const results::Trial& trial, std::optional<Nanoseconds> timeout);
    std::string (*show)(double value);
};
const MetricRow& about(model::GateMetric metric);

/// Neither the generator, the machine nor the link was the limit, nor may have been.
bool was_free(const results::Trial& trial);

/// The value of one trial of a tested metric when it may be compared: the trial was measured, its
/// books balance, and for rates and times it was_free(). A percentile among what was lost is at
/// least `timeout`. Always positive.
std::optional<double> comparable_value(const results::Trial& trial, model::GateMetric metric,
                                       std::optional<Nanoseconds> timeout = std::nullopt);

/// Only gated metrics decide; Holm adjusts over the cells of the tested ones. The others are shown
/// for information.
struct Gate {
    struct Entry {
        model::GateMetric metric = model::GateMetric::rps;
        double tolerance = 0;  ///< a share: 0.05 lets 5 % pass
    };
    double alpha = 0.05;
    std::vector<Entry> entries = usual_entries();

    std::optional<double> tolerance_of(model::GateMetric metric) const;  ///< absent: not gated
    std::size_t tested() const;  ///< how many of its metrics are tested
    static std::vector<Entry> usual_entries();
    /// These, and what users lose, which is gated whether it is named or not; where nothing but
    /// that is named, the usual ones beside it.
    static std::vector<Entry> completed(std::vector<Entry> named);
};

/// "rps=5%,p99=10%,cpu=5%": these metrics are gated, as Gate::completed() has it. The error names
/// what is allowed.
Result<Gate> parse_gate(const std::string& text);

}  // namespace benchhost::compare

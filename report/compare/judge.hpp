// From log-ratios to a verdict. For unpaired.cpp and paired.cpp only.
#pragma once

#include "report/compare/comparison.hpp"

#include <cstddef>
#include <vector>

namespace benchhost::compare {

/// What two arms differ by, on a log scale, before anything is adjusted.
struct LogDifference {
    std::optional<double> centre;
    std::optional<stats::Interval> interval;
    stats::TestResult test;
    double deviation = 0;      ///< of one round (paired: of one difference)
    double sample_factor = 0;  ///< the standard error is deviation * sample_factor
    double freedom = 0;        ///< degrees of freedom of `deviation`
};

LogDifference difference_of_pairs(const std::vector<double>& differences, double alpha);
LogDifference difference_of_samples(const std::vector<double>& base,
                                    const std::vector<double>& head, double alpha);

/// Puts the change, its interval and p into the cell.
void describe(ComparedCell& cell, const LogDifference& difference);

/// Gives every gated cell its adjusted p, verdict, detectable change and rounds needed, and every
/// other cell the verdict that its own p allows. `differences` belong to `comparison.cells`.
void judge(Comparison& comparison, const std::vector<LogDifference>& differences);

}  // namespace benchhost::compare

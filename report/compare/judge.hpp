// From log-ratios to a verdict. For this folder only.
#pragma once

#include "report/compare/comparison.hpp"
#include "report/compare/group.hpp"

#include <cstddef>
#include <functional>
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

/// What the two sides of a group differ by in the metric of the cell, into which it puts the values
/// of both.
using Differ = std::function<LogDifference(const Group& group, ComparedCell& cell)>;

/// Puts the cells of all groups into `outline`: what users lose, by counts, and the tested metrics,
/// by `differ`, each with its adjusted p, verdict, detectable change and rounds needed; a cell that
/// is not gated has the verdict that its own p allows. Says what was left out, and why.
Comparison compare_groups(Comparison outline, const std::vector<Group>& groups, const Gate& gate,
                          const Differ& differ);

}  // namespace benchhost::compare

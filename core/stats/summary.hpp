// A handful of numbers, one a round, as the few that a table shows.
#pragma once

#include <optional>
#include <vector>

namespace benchhost::stats {

/// The middle value, or the mean of the two middle ones. Absent without values. All values of this
/// file are finite.
std::optional<double> median(std::vector<double> values);

/// Linear between the order statistics (type 7, the default of R and NumPy); `quantile` in [0, 1].
/// Absent without values.
std::optional<double> quantile_of(std::vector<double> values, double quantile);

/// Median distance from the median, not scaled to a normal distribution. Absent without values.
std::optional<double> median_absolute_deviation(const std::vector<double>& values);

/// Half the distance between the least and the largest, as a share of the median: 0.03 is "+-3 %".
/// Absent with fewer than two values or a median of 0.
std::optional<double> relative_half_range(const std::vector<double>& values);

}  // namespace benchhost::stats

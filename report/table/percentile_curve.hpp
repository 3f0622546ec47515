// The response time by percentile, as pictures draw it.
#pragma once

#include "report/table/table.hpp"

#include <vector>

namespace benchhost::report {

struct CurvePoint {
    double nines = 0;     ///< 1: 90 %, 2: 99 %
    double quantile = 0;  ///< of all that was due: 0.9, 0.99
    double ms = 0;
};

/// All usable rounds of a row together, at evenly spaced nines, no further than the number of
/// requests can tell and the answered share reaches.
std::vector<CurvePoint> percentile_curve(
    const Row& row, std::optional<stats::StoredHistogram> results::Trial::*histogram,
    int most_nines, int points_per_nine);

}  // namespace benchhost::report

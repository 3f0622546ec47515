// What several threads or processes counted of one load, as one account. Pure.
#pragma once

#include "core/load/load.hpp"

#include <vector>

namespace benchhost::load {

/// The seconds of all of them as one series: counts are added bucket by bucket, and the percentiles
/// made from the sums.
std::vector<SecondRecord> merge_series(const std::vector<const std::vector<SecondRecord>*>& parts);

/// Adds everything but the series, which merge_series() makes, without loss. Of what cannot be
/// added the first is kept: window_start, whose clock counts, and gave_up.
void merge_into(LoadReport& sum, const LoadReport& part);

/// The reports of the processes that generated one load together; not empty.
LoadReport merge_reports(const std::vector<LoadReport>& parts);

}  // namespace benchhost::load

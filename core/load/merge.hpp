// What several threads or processes counted of one load, as one account. Pure.
#pragma once

#include "core/load/load.hpp"

#include <vector>

namespace benchhost::load {

/// The seconds of all of them as one series: counts are added bucket by bucket, and the percentiles
/// made from the sums.
std::vector<SecondRecord> merge_series(const std::vector<const std::vector<SecondRecord>*>& parts);

/// The reports of the processes that generated one load together; not empty. Everything is added
/// up without loss; the window is the longest, the busiest thread and the longest lag stand for
/// all, and nofile is the smallest. window_start is the first one's, whose clock counts.
LoadReport merge_reports(const std::vector<LoadReport>& parts);

}  // namespace benchhost::load

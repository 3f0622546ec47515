// Whether trials meet a condition that a user has called a failure.
#pragma once

#include "core/base/units.hpp"
#include "core/model/fail_condition.hpp"
#include "core/results/results.hpp"

#include <optional>
#include <string>
#include <vector>

namespace benchhost::results {

/// "p99 is 61.2 ms (p99>50ms)", of the median of the trials, or nothing when the condition is not
/// met. A figure that is not known, of a trial without an answer, meets each condition: nobody can
/// say that it does not. A percentile among the requests that were lost is at least `timeout`.
std::optional<std::string> met_by(const model::FailCondition& condition,
                                  const std::vector<const Trial*>& trials,
                                  std::optional<Nanoseconds> timeout);

}  // namespace benchhost::results

// Whether the requests of an open loop reached a server when they were planned.
#pragma once

#include "core/base/clock.hpp"
#include "core/load/load.hpp"
#include "core/selftest/selftest.hpp"

#include <vector>

namespace benchhost::selftest {

/// The planned times of an open loop whose measured window began at `window_start`.
std::vector<Instant> planned_times(const load::LoadSpec& spec, Instant window_start);

/// Errors of the arrivals against the plan, both in order of time, in microseconds, sorted.
std::vector<double> arrival_errors(const std::vector<Instant>& arrivals,
                                   const std::vector<Instant>& planned);

/// Kolmogorov-Smirnov test, at the level 0.01, that the gaps between the arrivals are exponential
/// with this rate. `slack` widens the bound.
Proof poisson_proof(const std::vector<Instant>& arrivals, double rate, double slack);

}  // namespace benchhost::selftest

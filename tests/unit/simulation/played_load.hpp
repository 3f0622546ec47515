// One load of the engine in simulated time, from ramp to report.
#pragma once

#include "core/base/clock.hpp"
#include "core/load/load.hpp"
#include "tests/unit/simulation/scenario.hpp"

namespace benchhost::simulation {

/// When the load threads start.
inline constexpr Instant kStart{std::chrono::seconds(1000)};

/// When they are told when the load begins, and when it does.
Instant told_at(const Scenario& scenario);
Instant go_of(const Scenario& scenario);

/// Each thread in a world of its own, one after the other.
load::LoadReport play(const Scenario& scenario);

}  // namespace benchhost::simulation

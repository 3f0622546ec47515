// What a report has to say of the requests of all threads, each figure by its definition.
#pragma once

#include "core/load/load.hpp"
#include "tests/unit/simulation/reference.hpp"
#include "tests/unit/simulation/scenario.hpp"

#include <vector>

namespace benchhost::simulation {

struct ReferenceReport {
    load::LoadReport report;
    bool bytes_told = true;  ///< how much was received is known
};

ReferenceReport reference_of(const Scenario& scenario);

}  // namespace benchhost::simulation

// Which verdicts are right of a trial of which everything is known, by docs/measurement.md alone.
#pragma once

#include "core/model/verdict.hpp"
#include "core/results/results.hpp"
#include "tests/unit/truth/simulation.hpp"

#include <optional>
#include <set>
#include <string>

namespace benchhost::truth {

/// All that may be said. Where the truth lies near a threshold, either side of it.
std::set<model::Verdict> right_verdicts(const World& world, const Facts& facts);

/// What must never be said, by what it would be; "" when `verdict` is none of it.
std::string gravely_wrong(const World& world, const Facts& facts, model::Verdict verdict);

/// What is wrong in the figures of `trial` beside the facts; "" when nothing is.
std::string wrong_figure(const World& world, const Facts& facts, const results::Trial& trial);

}  // namespace benchhost::truth

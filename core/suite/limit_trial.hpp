// load = limit: one server, loaded more and more until it fails, and what was seen on the way.
#pragma once

#include "core/load/load.hpp"
#include "core/plan/load_model.hpp"
#include "core/results/results.hpp"
#include "core/suite/loaded_window.hpp"
#include "core/suite/trial_server.hpp"

namespace benchhost::suite {

/// Runs the search `wanted` on a server that has been probed; target, model and duration of `spec`
/// are set for each step. A server that a step has broken is replaced by a fresh
/// one before the next. The trial's numbers are those of the highest confirmed load.
void measure_limit(results::Trial& trial, TrialServer& server, load::LoadSpec spec,
                   const plan::LimitSearch& wanted, const TrialContext& context);

}  // namespace benchhost::suite

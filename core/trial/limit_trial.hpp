// load = limit: one server, loaded more and more until it fails, and what was seen on the way.
#pragma once

#include "core/load/load.hpp"
#include "core/model/load_model.hpp"
#include "core/results/results.hpp"
#include "core/trial/loaded_window.hpp"
#include "core/trial/trial_server.hpp"

namespace benchhost::trial {

/// Runs the search `wanted` on a server that has been probed; target, model and duration of `spec`
/// are set for each step. A server that a step has broken is replaced by a fresh
/// one before the next. The trial's numbers are those of the highest confirmed load.
void measure_limit(results::Trial& trial, TrialServer& server, load::LoadSpec spec,
                   const model::LimitSearch& wanted, const TrialContext& context);

}  // namespace benchhost::trial

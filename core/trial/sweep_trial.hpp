// load = rate with several rates: one server, asked for each of them in turn.
#pragma once

#include "core/load/load.hpp"
#include "core/model/load_model.hpp"
#include "core/results/results.hpp"
#include "core/trial/loaded_window.hpp"
#include "core/trial/running_server.hpp"

namespace benchhost::trial {

/// Runs the sweep `wanted` on a server that has been probed, after a closed loop where the
/// rates are shares of what it reaches. The trial's numbers are those of the highest rate that was
/// wholly answered, or of the first when none was.
void measure_sweep(results::Trial& trial, RunningServer& server, load::LoadSpec spec,
                   const model::RateSweep& wanted, const TrialContext& context);

}  // namespace benchhost::trial

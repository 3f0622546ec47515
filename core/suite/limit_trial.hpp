// load = limit: one server, loaded more and more until it fails, and what was seen on the way.
#pragma once

#include "core/load/load.hpp"
#include "core/plan/config.hpp"
#include "core/results/results.hpp"
#include "core/suite/loaded_window.hpp"
#include "core/suite/trial_server.hpp"

#include <atomic>

namespace benchhost::suite {

/// Runs the search of `profile` on a server that has been probed; `spec` says how, its target,
/// model and duration are set for each step. A server that a step has broken is replaced by a fresh
/// one before the next. The trial's numbers are those of the highest confirmed load. False when the
/// user interrupted it.
bool measure_limit(results::Trial& trial, TrialServer& server, load::LoadSpec spec,
                   const plan::LoadProfile& profile, const GeneratorSettings& generator,
                   const std::atomic<bool>& interrupted, load::ProgressObserver* observer);

}  // namespace benchhost::suite

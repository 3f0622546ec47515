// load = limit: one server, loaded more and more until it fails, and what was seen on the way.
#pragma once

#include "core/load/load.hpp"
#include "core/plan/config.hpp"
#include "core/results/results.hpp"
#include "core/suite/running_server.hpp"
#include "core/suite/trial_runner.hpp"

#include <atomic>

namespace benchhost::suite {

/// Runs the search of `profile` on a server that has been probed; `spec` says where and how, its
/// model and duration are set for each step. The trial's numbers are those of the highest confirmed
/// load. A server that dies ends the search: that is its limit. False when the user interrupted it.
bool measure_limit(results::Trial& trial, RunningServer& server, load::LoadSpec spec,
                   const plan::LoadProfile& profile, const GeneratorSettings& generator,
                   const std::atomic<bool>& interrupted, load::ProgressObserver* observer);

}  // namespace benchhost::suite

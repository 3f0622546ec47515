// All trials of a suite, in the order of the plan, each safe on disk before the next.
#pragma once

#include "core/base/result.hpp"
#include "core/machine/calm.hpp"
#include "core/results/results.hpp"
#include "core/suite/journal.hpp"
#include "core/suite/observer.hpp"
#include "core/suite/suite_request.hpp"
#include "core/trial/clock.hpp"
#include "core/trial/load_generator.hpp"
#include "core/trial/running_server.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <string>

namespace benchhost::suite {

/// What a suite is run with. The references outlive it.
struct SuiteContext {
    trial::LoadGenerator& generator;
    SuiteObserver& observer;
    const std::atomic<bool>& interrupted;
    /// How servers come to life; none: as processes, through benchhost-serve.
    trial::ServerLauncher* launcher = nullptr;
    trial::Now now = std::chrono::steady_clock::now;
    std::function<Nanoseconds(Nanoseconds patience, const machine::WatchedCpus&,
                              const std::atomic<bool>&)>
        wait_for_calm = machine::wait_until_calm;
};

/// Runs what the journal does not hold yet. Returns what was measured, also after an interruption
/// or when the generator was lost (then `interrupted` is set). An error means that a result could
/// not be kept (full disk); the journal still holds everything before it.
Result<results::ResultSet> run_suite(const PreparedSuite& suite, Journal& journal,
                                     const std::map<std::string, std::string>& machine,
                                     const SuiteContext& context);

}  // namespace benchhost::suite

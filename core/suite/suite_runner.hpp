// All trials of a suite, in the order of the plan, each safe on disk before the next.
#pragma once

#include "core/base/result.hpp"
#include "core/results/results.hpp"
#include "core/suite/journal.hpp"
#include "core/suite/load_generator.hpp"
#include "core/suite/observer.hpp"
#include "core/suite/suite_request.hpp"

#include <atomic>

namespace benchhost::suite {

/// Runs what the journal does not hold yet, with load from `generator`. Returns what was measured,
/// also after an interruption or when the generator was lost (then `interrupted` is set). An error
/// means that a result could not be kept (full disk); the journal still holds everything before it.
Result<results::ResultSet> run_suite(const PreparedSuite& suite, Journal& journal,
                                     const std::map<std::string, std::string>& machine,
                                     LoadGenerator& generator, SuiteObserver& observer,
                                     const std::atomic<bool>& interrupted);

/// What results.json says of the trials in the journal.
Result<results::ResultSet> collect_results(const PreparedSuite& suite, const Journal& journal,
                                           const std::map<std::string, std::string>& machine);

}  // namespace benchhost::suite

// The measuring half of `benchhost compare`: two plugins in one run.
#pragma once

#include "core/base/result.hpp"
#include "core/suite/paired_suite.hpp"
#include "report/compare/comparison.hpp"

#include <atomic>
#include <filesystem>

namespace benchhost::cli {

struct PairedRun {
    suite::PairedRequest request;
    /// Keeps every trial; made when it is missing. Empty: a new one, which run_paired fills in.
    std::filesystem::path out;
    compare::Gate gate;
    bool confirm = true;  ///< measure profiles with a regression again before believing it
    bool no_progress = false;
};

/// Measures the blocks, judges them, and measures again what may be a regression: those
/// profiles, twice the blocks, fresh processes, below out/confirm. The error is of code interrupted
/// when `interrupted` was set; what was measured is kept.
Result<compare::Comparison> run_paired(PairedRun& run, const std::atomic<bool>& interrupted);

}  // namespace benchhost::cli

// One load on one server, with everything that was seen of both and of the machine.
#pragma once

#include "core/load/load.hpp"
#include "core/machine/health.hpp"
#include "core/process/server_process.hpp"
#include "core/results/results.hpp"
#include "core/trial/clock.hpp"
#include "core/trial/load_generator.hpp"
#include "core/trial/running_server.hpp"
#include "core/trial/verdict.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::trial {

/// What every load of a trial is run with. The references outlive it.
struct TrialContext {
    LoadGenerator& generator;
    const std::atomic<bool>& interrupted;
    load::ProgressObserver* observer = nullptr;
    Now now = std::chrono::steady_clock::now;
    std::uint64_t seed = 1;
    machine::WatchedCpus cpus = {};                ///< of both sides, on this host
    bool cpus_shared = false;                      ///< between generator and server
    std::optional<double> ceiling = std::nullopt;  ///< see load::generator_ceiling
};

struct LoadedWindow {
    load::LoadReport report;
    results::ServerUsage usage;
    std::optional<model::MachineHealth> machine;
    std::vector<results::WarmupPoint> warmup;
    std::vector<results::SeriesPoint> series;
    std::optional<process::ServerFault> fault;  ///< the server ended meanwhile
    VerdictWithReason verdict;
    std::vector<results::LoadPart> parts;  ///< of the load, by rank
};

/// Runs `spec` on the server, samples its processes meanwhile, and ends early when it dies or the
/// user interrupts. The error is that of run_load, or of code interrupted: nothing was measured.
Result<LoadedWindow> load_and_watch(RunningServer& server, const load::LoadSpec& spec,
                                    const TrialContext& context);

/// Writes the window's numbers and verdict into the trial.
void fill_window(results::Trial& trial, const LoadedWindow& window);

/// Writes what a window says of one load among several into `step`, but for its load and whether it
/// passed.
void fill_step(results::LoadStep& step, const LoadedWindow& window);

/// Makes it a failed trial.
void fail(results::Trial& trial, const std::string& stage, const std::string& reason,
          std::vector<std::string> log_tail);

}  // namespace benchhost::trial

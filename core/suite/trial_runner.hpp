// One trial from spawn to stop: the only place where a server meets a load.
#pragma once

#include "core/load/load.hpp"
#include "core/plan/config.hpp"
#include "core/plan/payload.hpp"
#include "core/plan/trial_spec.hpp"
#include "core/results/results.hpp"
#include "core/suite/loaded_window.hpp"
#include "core/suite/running_server.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::suite {

/// Every trial is a fresh server. One thread; the references must outlive it.
class TrialRunner {
  public:
    TrialRunner(ServerLauncher& launcher, const plan::Payload& payload, TrialContext context)
        : launcher_(launcher), payload_(payload), context_(std::move(context)) {}

    /// Launches, probes, loads, stops and judges; every fault becomes a failed trial. Nothing when
    /// the user interrupted before the trial was whole. `directory` is the trial's own and is
    /// removed afterwards.
    std::optional<results::Trial> run(const ServerUnderTest& server,
                                      const plan::LoadProfile& profile, const plan::TrialSpec& spec,
                                      const std::filesystem::path& directory);

  private:
    /// The generator's own, measured before the profile's first trial.
    Result<std::optional<double>> ceiling_of(const std::string& profile,
                                             const load::LoadSpec& spec);

    ServerLauncher& launcher_;
    const plan::Payload& payload_;
    TrialContext context_;
    std::map<std::string, std::optional<double>> ceilings_;  ///< by profile
};

}  // namespace benchhost::suite

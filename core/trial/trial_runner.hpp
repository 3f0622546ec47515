// One trial from spawn to stop: the only place where a server meets a load.
#pragma once

#include "core/config/config.hpp"
#include "core/load/load.hpp"
#include "core/model/payload.hpp"
#include "core/model/trial_spec.hpp"
#include "core/results/results.hpp"
#include "core/trial/loaded_window.hpp"
#include "core/trial/running_server.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::trial {

/// Every trial is a fresh server. One thread; the references must outlive it.
class TrialRunner {
  public:
    TrialRunner(ServerLauncher& launcher, const model::Payload& payload, TrialContext context)
        : launcher_(launcher), payload_(payload), context_(std::move(context)) {}

    /// Launches, probes, loads, stops and judges; every fault becomes a failed trial. Nothing when
    /// the user interrupted before the trial was whole. `directory` is the trial's own and is
    /// removed afterwards.
    std::optional<results::Trial> run(const plugin::ServerUnderTest& server,
                                      const config::LoadProfile& profile,
                                      const model::TrialSpec& spec,
                                      const std::filesystem::path& directory);

  private:
    /// The generator's own, measured before the profile's first trial.
    Result<std::optional<double>> ceiling_of(const std::string& profile,
                                             const load::LoadSpec& spec);

    ServerLauncher& launcher_;
    const model::Payload& payload_;
    TrialContext context_;
    std::map<std::string, std::optional<double>> ceilings_;  ///< by profile
};

}  // namespace benchhost::trial

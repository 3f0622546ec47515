// The server of one trial: launched, probed, and replaced by a fresh one when a search has broken
// it.
#pragma once

#include "core/config/config.hpp"
#include "core/model/payload.hpp"
#include "core/results/results.hpp"
#include "core/trial/running_server.hpp"

#include <atomic>
#include <filesystem>
#include <memory>

namespace benchhost::trial {

/// One thread. The references must outlive it; the server's processes end with it at the latest.
class TrialServer {
  public:
    TrialServer(ServerLauncher& launcher, const plugin::ServerUnderTest& server,
                const model::Payload& payload, const config::LoadProfile& profile,
                const std::filesystem::path& directory, const std::atomic<bool>& interrupted)
        : launcher_(launcher),
          server_(server),
          payload_(payload),
          profile_(profile),
          directory_(directory),
          interrupted_(interrupted) {}

    /// Launches it and believes that it is ready once every route, and every request of the
    /// profile, was answered rightly. Notes in `trial` what was seen; false: the trial has failed,
    /// and says where and why.
    bool start(results::Trial& trial);

    /// Ends it and starts another of its kind, which is probed likewise. The error (code server)
    /// says why there is none; then there is no server any more.
    Status replace();

    /// Ends it, and notes in `trial` when that was not clean.
    void stop(results::Trial& trial);

    /// False before start() and after a replace() that failed.
    bool is_running() const { return running_ != nullptr; }
    RunningServer& running() { return *running_; }
    /// The measured route; the server itself, when requests are.
    http::Target target() const;

  private:
    ServerLauncher& launcher_;
    const plugin::ServerUnderTest& server_;
    const model::Payload& payload_;
    const config::LoadProfile& profile_;
    const std::filesystem::path& directory_;
    const std::atomic<bool>& interrupted_;
    std::unique_ptr<RunningServer> running_;
};

}  // namespace benchhost::trial

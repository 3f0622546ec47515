// A server that answers, whoever started it: the seam between trials and processes.
#pragma once

#include "core/http/probe.hpp"
#include "core/plugin/catalog.hpp"
#include "core/plugin/plugin_description.hpp"
#include "core/process/server_process.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::trial {

/// One thread at a time.
class RunningServer {
  public:
    virtual ~RunningServer() = default;
    /// Address, port and Host header; path is left for the caller to fill in.
    virtual http::Target target() const = 0;
    /// Its name may have several addresses: the next target() is another one of them.
    virtual void try_next_address() {}
    /// One request by hand, as http::probe; a server that a test plays answers by itself.
    virtual http::ProbeResult<http::ProbeReport> ask(const http::Target& target,
                                                     Nanoseconds timeout, bool keep_alive);
    virtual http::ProbeResult<http::ProbeReport> ask(const http::Target& target,
                                                     const http::WholeRequest& request,
                                                     Nanoseconds timeout);
    /// Why it no longer runs, if so. Does not block.
    virtual std::optional<process::ServerFault> fault() = 0;
    /// Of its first process; absent when it is not ours to look into.
    virtual std::optional<pid_t> pid() = 0;
    /// Absent likewise.
    virtual std::optional<machine::TreeUsage> usage(bool with_pss) = 0;
    virtual std::vector<std::string> log_tail() = 0;
    virtual std::map<std::string, std::string> effective_limits() = 0;
    /// Absent when it is not ours to stop.
    virtual std::optional<process::StopReport> stop() = 0;
};

/// A server that somebody else started, with one target for each of its addresses: measured, never
/// stopped, its process unknown.
std::unique_ptr<RunningServer> foreign_server(std::vector<http::Target> targets);

using Launched = boost::system::result<std::unique_ptr<RunningServer>, process::ServerFault>;

/// How a server comes to life; a test puts its own in place.
class ServerLauncher {
  public:
    virtual ~ServerLauncher() = default;
    virtual Launched launch(const plugin::ServerUnderTest& server,
                            const std::filesystem::path& directory) = 0;
    /// Whether `server`, a program, can run here. Several threads may ask at once.
    virtual plugin::Availability availability(const plugin::ServerUnderTest& server) = 0;
};

/// What every server of a suite is started with.
struct LaunchSettings {
    std::filesystem::path serve_executable;
    std::vector<model::RouteContent> routes;
    model::ProcessLimits limits;
    std::optional<std::string> user;    ///< as whom they run; absent: as we do
    std::string address = "127.0.0.1";  ///< where they listen
    std::uint16_t port = 0;             ///< 0: a free one
};

/// Starts plugins through benchhost-serve, and takes a url as it is. A program that finds its port
/// taken is started anew on another, twice at most.
class ProcessLauncher : public ServerLauncher {
  public:
    explicit ProcessLauncher(LaunchSettings settings) : settings_(std::move(settings)) {}
    Launched launch(const plugin::ServerUnderTest& server,
                    const std::filesystem::path& directory) override;
    plugin::Availability availability(const plugin::ServerUnderTest& server) override;

  private:
    LaunchSettings settings_;
};

}  // namespace benchhost::trial

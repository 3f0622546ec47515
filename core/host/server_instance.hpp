// One server of a plugin, from create to destroy, in the order that plugin.h promises.
#pragma once

#include "core/base/result.hpp"
#include "core/host/host_services.hpp"
#include "core/model/route.hpp"

#include <benchhost/plugin.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::host {

struct Endpoint {
    std::string address;
    std::uint16_t port = 0;
    unsigned threads = 1;
};

/// A program that a BH_CAP_COMMAND server wants executed; a copy, independent of the plugin.
struct Program {
    std::vector<std::string> argv;
    std::vector<std::string> environment;  ///< "KEY=value"
    std::string working_directory;         ///< empty: not given
    std::string unix_socket;               ///< empty: it listens on the endpoint's port
    int inherited_fd = -1;                 ///< ours, kept open in the program; -1: none
};

/// Whether the server says that it answers this route.
bool offers(const bh_server& server, model::Route route);

/// Owns the instance: destroyed with it. Every error is a sentence with the reason that the plugin
/// logged, of code server, or environment for a program that it says cannot be run here. The main
/// thread only, but for stop().
class ServerInstance {
  public:
    /// `server` and `services` outlive it.
    static Result<ServerInstance> create(const bh_server& server, const HostServices& services);

    ServerInstance(ServerInstance&& other) noexcept;
    ServerInstance& operator=(ServerInstance&&) = delete;
    ServerInstance(const ServerInstance&) = delete;
    ServerInstance& operator=(const ServerInstance&) = delete;
    ~ServerInstance();

    Status configure(const std::vector<std::pair<std::string, std::string>>& settings,
                     const std::vector<model::RouteContent>& routes);

    /// Blocks until the plugin's serve returns; success only when it was asked to stop.
    Status serve(const Endpoint& endpoint, const std::atomic<bool>& stop_was_asked);

    /// Any thread, any time between create and destroy.
    void stop() const;

    bool is_command() const { return (server_->caps & BH_CAP_COMMAND) != 0; }
    Result<Program> program(const Endpoint& endpoint, const std::string& directory);
    /// Nothing: the server is always available.
    Result<std::optional<Program>> probe_program();

  private:
    ServerInstance(const bh_server& server, const HostServices& services, void* self)
        : server_(&server), services_(&services), self_(self) {}
    Error failed(const std::string& function, const std::string& how) const;
    Result<const bh_command*> command() const;
    Result<Program> copy_program(const bh_program* program, const std::string& function) const;

    const bh_server* server_;
    const HostServices* services_;
    void* self_;
};

}  // namespace benchhost::host

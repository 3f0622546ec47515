// A native plugin loaded into the test's own process, as benchhost-serve would load it.
#pragma once

#include <benchhost/plugin.h>

#include <cstdint>
#include <filesystem>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace benchhost::test {

struct PluginRoute {
    bh_route_kind kind = BH_ROUTE_TEXT;
    std::string path;
    std::string content_type;
    std::string body;
    std::string file;
};

using PluginSettings = std::vector<std::pair<std::string, std::string>>;

/// Runs one server of a plugin on a thread of its own. The destructor stops and unloads it.
class LoadedPlugin {
  public:
    LoadedPlugin(const std::filesystem::path& library, const std::string& server);
    ~LoadedPlugin();
    LoadedPlugin(const LoadedPlugin&) = delete;
    LoadedPlugin& operator=(const LoadedPlugin&) = delete;

    const bh_plugin* plugin() const { return plugin_; }
    const bh_server* server() const { return server_; }

    /// Configures and serves; the port, or 0 when it failed before it was ready.
    std::uint16_t start(const std::vector<PluginRoute>& routes, const PluginSettings& settings = {},
                        std::uint32_t threads = 1, int listen_fd = -1, std::uint16_t port = 0);
    /// Stops it and returns what serve() (or configure()) returned.
    int stop();
    std::vector<std::string> log() const;

  private:
    void run(const std::vector<PluginRoute>& routes, const PluginSettings& settings,
             const bh_endpoint& endpoint);
    static void log_line(const bh_host* host, bh_log_level level, const char* message);
    static void got_ready(const bh_host* host, std::uint16_t port);

    void* library_ = nullptr;
    const bh_plugin* plugin_ = nullptr;
    const bh_server* server_ = nullptr;
    bh_host host_{};
    mutable std::mutex mutex_;  ///< of log_, self_ and port_is_known_
    std::vector<std::string> log_;
    void* self_ = nullptr;
    bool port_is_known_ = false;
    std::promise<std::uint16_t> port_;
    int result_ = BH_FAILED;
    std::thread thread_;
};

}  // namespace benchhost::test

// The bh_host that a plugin gets: its log lines and its word that it is ready.
#pragma once

#include <benchhost/plugin.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace benchhost::host {

/// Outlives every instance that was given table(). Its functions may be called from any thread.
class HostServices {
  public:
    /// `on_ready` is called at most once, in the plugin's thread that says so.
    explicit HostServices(std::function<void(std::uint16_t port)> on_ready);
    HostServices(const HostServices&) = delete;
    HostServices& operator=(const HostServices&) = delete;
    ~HostServices() = default;

    const bh_host* table() const { return &table_; }

    /// The last message logged as an error: the reason for a BH_FAILED that follows.
    std::string last_error() const;
    bool was_ready() const { return ready_; }

  private:
    static void log(const bh_host* host, bh_log_level level, const char* message) noexcept;
    static void ready(const bh_host* host, std::uint16_t port) noexcept;
    static const void* extension(const bh_host* host, const char* id) noexcept;
    void write_line(bh_log_level level, const std::string& message);

    bh_host table_{};
    std::function<void(std::uint16_t)> on_ready_;
    std::atomic<bool> ready_{false};
    mutable std::mutex mutex_;  // guards last_error_
    std::string last_error_;
};

}  // namespace benchhost::host

#include "core/host/host_services.hpp"

#include <unistd.h>

#include <utility>

namespace benchhost::host {
namespace {

constexpr std::size_t kLongestMessage = 2000;

HostServices* services_of(const bh_host* host) { return static_cast<HostServices*>(host->ctx); }

const char* prefix_of(bh_log_level level) {
    switch (level) {
        case BH_LOG_INFO:
            return "";
        case BH_LOG_WARNING:
            return "warning: ";
        case BH_LOG_ERROR:
            break;
    }
    return "error: ";
}

}  // namespace

HostServices::HostServices(std::function<void(std::uint16_t)> on_ready)
    : on_ready_(std::move(on_ready)) {
    table_.size = sizeof table_;
    table_.abi = BH_ABI;
    table_.ctx = this;
    table_.log = &HostServices::log;
    table_.ready = &HostServices::ready;
    table_.extension = &HostServices::extension;
}

std::string HostServices::last_error() const {
    const std::lock_guard lock(mutex_);
    return last_error_;
}

void HostServices::log(const bh_host* host, bh_log_level level, const char* message) noexcept {
    if (host != nullptr && message != nullptr) {
        services_of(host)->write_line(level, message);
    }
}

void HostServices::write_line(bh_log_level level, const std::string& message) {
    if (level == BH_LOG_ERROR) {
        const std::lock_guard lock(mutex_);
        last_error_ = message.substr(0, kLongestMessage);
    }
    // One write a line, so that lines of several threads do not mix: stderr is a pipe, and what is
    // shorter than PIPE_BUF arrives whole.
    const std::string line = prefix_of(level) + message.substr(0, kLongestMessage) + "\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

void HostServices::ready(const bh_host* host, std::uint16_t port) noexcept {
    if (host == nullptr) {
        return;
    }
    auto* const services = services_of(host);
    if (services->ready_.exchange(true)) {
        services->write_line(BH_LOG_WARNING, "the plugin said more than once that it is ready");
        return;
    }
    services->on_ready_(port);
}

const void* HostServices::extension(const bh_host* /*host*/, const char* /*id*/) noexcept {
    return nullptr;  // this host has none
}

}  // namespace benchhost::host

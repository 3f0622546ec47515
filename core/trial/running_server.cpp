#include "core/trial/running_server.hpp"

#include "core/machine/user.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

namespace benchhost::trial {
namespace {

using process::ServerFault;
using process::ServerProcess;

class StartedServer : public RunningServer {
  public:
    StartedServer(ServerProcess process, std::string address)
        : process_(std::move(process)), address_(std::move(address)) {}

    http::Target target() const override {
        const auto& place = process_.place();
        http::Target target;
        if (!place.unix_socket.empty()) {
            target.unix_path = place.unix_socket;
            target.host_header = "localhost";
            return target;
        }
        target.address = address_;
        target.port = place.port;
        target.host_header = fmt::format("{}:{}", address_, place.port);
        return target;
    }
    std::optional<ServerFault> fault() override { return process_.fault(); }
    std::optional<pid_t> pid() override { return process_.pid(); }
    std::optional<machine::TreeUsage> usage(bool with_pss) override {
        auto usage = process_.usage(with_pss);
        return usage ? std::optional(*usage) : std::nullopt;
    }
    std::vector<std::string> log_tail() override { return process_.log_tail(); }
    std::map<std::string, std::string> effective_limits() override {
        return process_.effective_limits();
    }
    std::optional<process::StopReport> stop() override { return process_.stop(); }

  private:
    ServerProcess process_;
    std::string address_;  ///< IPv4
};

class ForeignServer : public RunningServer {
  public:
    explicit ForeignServer(std::vector<http::Target> targets) : targets_(std::move(targets)) {}

    http::Target target() const override { return targets_[tried_]; }
    void try_next_address() override { tried_ = (tried_ + 1) % targets_.size(); }
    std::optional<ServerFault> fault() override { return std::nullopt; }
    std::optional<pid_t> pid() override { return std::nullopt; }
    std::optional<machine::TreeUsage> usage(bool /*with_pss*/) override { return std::nullopt; }
    std::vector<std::string> log_tail() override { return {}; }
    std::map<std::string, std::string> effective_limits() override { return {}; }
    std::optional<process::StopReport> stop() override { return std::nullopt; }

  private:
    std::vector<http::Target> targets_;
    std::size_t tried_ = 0;
};

bool says_port_is_taken(const ServerFault& fault) {
    constexpr std::array<std::string_view, 4> kPhrases{"ddress already in use", "EADDRINUSE",
                                                       "rrno 98", "onnection in use"};
    const auto mentions = [&](const std::string& line) {
        return std::any_of(kPhrases.begin(), kPhrases.end(), [&](std::string_view phrase) {
            return line.find(phrase) != std::string::npos;
        });
    };
    return mentions(fault.reason) ||
           std::any_of(fault.log_tail.begin(), fault.log_tail.end(), mentions);
}

}  // namespace

http::ProbeResult<http::ProbeReport> RunningServer::ask(const http::Target& target,
                                                        Nanoseconds timeout, bool keep_alive) {
    return http::probe(target, timeout, keep_alive);
}

http::ProbeResult<http::ProbeReport> RunningServer::ask(const http::Target& target,
                                                        const http::WholeRequest& request,
                                                        Nanoseconds timeout) {
    return http::probe(target, request, timeout);
}

std::unique_ptr<RunningServer> foreign_server(std::vector<http::Target> targets) {
    return std::make_unique<ForeignServer>(std::move(targets));
}

plugin::Availability ProcessLauncher::availability(const plugin::ServerUnderTest& server) {
    auto probed = plugin::probe_server(settings_.serve_executable, server.plugin,
                                       server.description.id, server.options, settings_.user);
    return probed ? std::move(*probed)
                  : plugin::Availability{false, probed.error().message, {}, {}};
}

Launched ProcessLauncher::launch(const plugin::ServerUnderTest& server,
                                 const std::filesystem::path& directory) {
    if (server.url) {
        auto targets = http::resolve_url(*server.url);
        if (!targets) {
            return ServerFault{process::Stage::spawned, targets.error().message, {}};
        }
        return foreign_server(std::move(*targets));
    }
    process::StartRequest request;
    request.serve_executable = settings_.serve_executable;
    request.plugin = server.plugin;
    request.server = server.description.id;
    request.options = server.options;
    std::copy_if(settings_.routes.begin(), settings_.routes.end(),
                 std::back_inserter(request.routes), [&](const model::RouteContent& content) {
                     const auto& offered = server.description.routes;
                     return std::find(offered.begin(), offered.end(), content.route) !=
                            offered.end();
                 });
    request.limits = settings_.limits;
    request.address = settings_.address;
    request.port = settings_.port;
    request.directory = directory;
    if (settings_.user) {
        auto user = machine::user_to_become(*settings_.user);
        if (!user) {
            return ServerFault{process::Stage::spawned, user.error().message, {}};
        }
        request.user = std::move(*user);
    }
    constexpr int kAttempts = 3;
    for (int attempt = 1;; ++attempt) {
        auto started = ServerProcess::start(request);
        if (started) {
            return std::unique_ptr<RunningServer>(
                std::make_unique<StartedServer>(std::move(*started), settings_.address));
        }
        const bool retry = server.description.is_command && attempt < kAttempts &&
                           says_port_is_taken(started.error());
        if (!retry) {
            return started.error();
        }
    }
}

}  // namespace benchhost::trial

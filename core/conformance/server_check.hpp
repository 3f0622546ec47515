// All checks of one server, in the order in which a fault is told best.
#pragma once

#include "core/conformance/conformance.hpp"
#include "core/conformance/life_checks.hpp"
#include "core/conformance/subject.hpp"
#include "core/trial/running_server.hpp"

#include <functional>
#include <optional>

namespace benchhost::conformance {

/// Used once. One thread.
class ServerCheck {
  public:
    /// `directory`: for its files; the caller's. All outlive it.
    ServerCheck(const CheckRequest& request, const plugin::ServerDescription& server,
                const std::filesystem::path& directory, const OnLine& on_line,
                const std::atomic<bool>& interrupted)
        : request_(request),
          server_(server),
          directory_(directory),
          on_line_(on_line),
          interrupted_(interrupted) {}

    Result<ServerFindings> run();

  private:
    using Check = std::function<Finding(Subject&)>;
    struct Named {
        const char* name;
        Check ask;
        bool knows_its_doubts =
            false;  ///< it repeats itself until it can tell, or says that it cannot
    };
    struct StopCheck {
        const char* when;
        std::function<Stopped(Subject&)> stop;
        Check live;  ///< what a fresh server goes through before it is stopped like the first
    };

    void add(const std::string& check, Finding finding);
    bool is_available();
    std::optional<Subject> launch(NoncePayload& payload, std::uint16_t port,
                                  const std::string& subfolder);
    Finding ask(Subject& subject, const Named& check);
    bool ask_all(Subject& subject, const std::vector<Named>& checks);
    Stopped stop(Subject subject, const StopCheck& check);
    void first_life(NoncePayload& payload);
    void second_life(NoncePayload& payload);

    const CheckRequest& request_;
    plugin::ServerDescription server_;
    const std::filesystem::path& directory_;
    const OnLine& on_line_;
    const std::atomic<bool>& interrupted_;
    ServerFindings findings_;
    std::optional<process::ServerFault> start_fault_;
    std::optional<std::uint16_t> port_;  ///< of the first life; absent when it did not end well
};

}  // namespace benchhost::conformance

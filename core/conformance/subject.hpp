// The server under check: running, and asked by hand.
#pragma once

#include "core/conformance/nonce_payload.hpp"
#include "core/http/raw_connection.hpp"
#include "core/trial/running_server.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace benchhost::conformance {

/// One thread.
class Subject {
  public:
    Subject(std::unique_ptr<trial::RunningServer> server, NoncePayload& payload, bool is_command)
        : server_(std::move(server)), payload_(&payload), is_command_(is_command) {}

    trial::RunningServer& server() { return *server_; }
    NoncePayload& payload() { return *payload_; }
    bool is_command() const { return is_command_; }

    /// Where a route is.
    http::Target target(model::Route route) const;

    /// "GET /text HTTP/1.1" with Host, and `fields` such as "Connection: close\r\n".
    std::string request(std::string_view method, std::string_view path,
                        std::string_view fields = "") const;
    std::string get(model::Route route, std::string_view fields = "") const;

    http::ProbeResult<http::RawConnection> connect() const;

    /// Sends `request` on a connection of its own and reads one answer.
    http::ProbeResult<http::ProbeReport> ask(const std::string& request, bool head = false) const;

    /// Why `answer` is not the right one for `route`, or nothing.
    std::optional<std::string> wrong(const http::ProbeResult<http::ProbeReport>& answer,
                                     model::Route route) const;

  private:
    std::unique_ptr<trial::RunningServer> server_;
    NoncePayload* payload_;  ///< outlives it
    bool is_command_;
};

/// How long an answer may take; a check that expects silence waits much less.
http::Deadline in_time();

/// "timeout: nothing of the answer within 5s"
std::string in_words(const http::ProbeFailure& failure);

}  // namespace benchhost::conformance

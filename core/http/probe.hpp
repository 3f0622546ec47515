// One request by hand: readiness, and what a route really answers before it is measured.
#pragma once

#include "core/http/raw_connection.hpp"

#include <string>
#include <vector>

namespace benchhost::http {

/// A request as it goes on the wire.
struct WholeRequest {
    std::string bytes;
    bool is_head = false;
};

/// Sends the request once on a connection of its own, which it closes. Blocks for at most
/// `timeout`. Bytes after the end of the answer are a malformed answer.
ProbeResult<ProbeReport> probe(const Target& target, const WholeRequest& request,
                               Nanoseconds timeout, BodyUse body_use = BodyUse::kept);

/// Fetches target.path once on a connection of its own, sends `Connection: close` unless
/// `keep_alive`, and closes it. Blocks for at most `timeout`. Bytes after the end of the answer are
/// a malformed answer.
ProbeResult<ProbeReport> probe(const Target& target, Nanoseconds timeout, bool keep_alive = false,
                               BodyUse body_use = BodyUse::kept);

/// Which of a server's addresses answered.
struct FoundServer {
    Target target;
    std::vector<std::string> silent;  ///< those before it: "127.0.0.1: Connection refused"
};

/// Probes the targets in turn until one answers, for at most `timeout` each (2 s for its
/// connection, while others follow); bodies are only counted. The failure is that of the last one
/// and tells of all that were tried.
ProbeResult<FoundServer> find_server(const std::vector<Target>& targets, Nanoseconds timeout);

}  // namespace benchhost::http

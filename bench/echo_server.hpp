// The server that the costs of requests of several kinds are taken against: it answers each with
// what only that very request can expect, and costs hardly more than the null server.
#pragma once

#include "core/base/result.hpp"
#include "core/servers/listener.hpp"

namespace benchhost::bench {

/// Answers a GET with what stands behind the last slash of its path, and a POST with its body,
/// which needs a Content-Length; never closes. On the calling thread, until the process is ended:
/// it returns only with what the kernel refused.
Error serve_echo(const servers::Listener& listener);

}  // namespace benchhost::bench

// Listening sockets for the servers that the engine brings along to prove itself.
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/http/target.hpp"

#include <string>

namespace benchhost::servers {

struct Listener {
    UniqueFd socket;      ///< non-blocking
    http::Target target;  ///< how to reach it; the path is "/"
};

/// On a free port of `address`, "127.0.0.1" or "::1".
Result<Listener> listen_tcp(const std::string& address);
/// The path must not exist.
Result<Listener> listen_unix(const std::string& path);

}  // namespace benchhost::servers

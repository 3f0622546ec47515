// Where the requests go, from what a user wrote.
#pragma once

#include "core/base/described.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::http {

/// Where the requests go: TCP (IPv4 or IPv6 address and port) or a unix socket.
struct Target {
    std::string address;  ///< "127.0.0.1", "::1", "fe80::1%eth0"; empty for a unix socket
    std::uint16_t port = 0;
    std::string unix_path;    ///< empty for TCP
    std::string host_header;  ///< "127.0.0.1:8080"
    std::string path = "/";   ///< request target, with query
};
BOOST_DESCRIBE_STRUCT(Target, (), (address, port, unix_path, host_header, path))

/// Where a URL (see parse_http_url) leads: as many targets as its name has addresses, in the order
/// in which they are to be tried. Blocks for as long as the name service takes.
Result<std::vector<Target>> resolve_url(const std::string& url);

/// The first of them: for what has one address.
Result<Target> parse_url(const std::string& url);

}  // namespace benchhost::http

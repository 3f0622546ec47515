// The URL of an HTTP server, taken apart. Nothing is resolved here.
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace benchhost {

struct HttpUrl {
    std::string host;      ///< a name or an address: "localhost", "127.0.0.1", "fe80::1%eth0"
    bool is_ipv6 = false;  ///< host is an IPv6 address (in brackets), with or without a zone
    std::uint16_t port = 80;
    std::string unix_path;    ///< instead of host and port
    std::string host_header;  ///< "[fe80::1]:8080": a zone means something on this machine only
    std::string path = "/";   ///< request target, with query
};

/// "http://host[:port]/path" or "unix:/path/to.sock:/path". The error (code usage) quotes the URL
/// and says what is wrong with it.
Result<HttpUrl> parse_http_url(const std::string& url);

}  // namespace benchhost

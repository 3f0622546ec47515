// parse_url: where the requests go, from what a user wrote.
#include "core/load/http_token.hpp"
#include "core/load/load.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

namespace benchhost::load {

namespace {

constexpr std::uint16_t kDefaultPort = 80;
constexpr std::string_view kForms = "http://host[:port]/path or unix:/path/to.sock:/path";

Error bad_url(const std::string& url, const std::string& why) {
    return {ErrorCode::usage, fmt::format(R"("{}": {})", url, why)};
}

bool begins_with(std::string_view text, std::string_view lower_prefix) {
    if (text.size() < lower_prefix.size()) {
        return false;
    }
    for (std::size_t i = 0; i < lower_prefix.size(); ++i) {
        const char lower = lower_token(text[i]) != 0 ? lower_token(text[i]) : text[i];
        if (lower != lower_prefix[i]) {
            return false;
        }
    }
    return true;
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return byte > ' ' && byte <= '~'; });
}

// "/path?query" as it goes into the request line: never empty, without the fragment.
Result<std::string> request_target(const std::string& url, std::string_view text) {
    text = text.substr(0, text.find('#'));
    if (!is_printable(text)) {
        return bad_url(url,
                       "the path has a space, a control character or a byte beyond ASCII; "
                       "write it percent-encoded, such as %20");
    }
    std::string target(text);
    if (target.empty() || target.front() != '/') {
        target.insert(target.begin(), '/');
    }
    return target;
}

Result<std::uint16_t> parse_port(const std::string& url, std::string_view text) {
    const Result<std::uint64_t> port = parse_count(text, 1, 65535);
    if (!port) {
        return bad_url(url, fmt::format("the port \"{}\" is not a number from 1 to 65535", text));
    }
    return static_cast<std::uint16_t>(*port);
}

std::string address_text(const addrinfo& info) {
    char text[INET6_ADDRSTRLEN] = "";
    const void* const address =
        info.ai_family == AF_INET
            ? static_cast<const void*>(
                  &reinterpret_cast<const sockaddr_in*>(info.ai_addr)->sin_addr)
            : &reinterpret_cast<const sockaddr_in6*>(info.ai_addr)->sin6_addr;
    inet_ntop(info.ai_family, address, text, sizeof text);
    return text;
}

// Of several addresses the first IPv4 one: what "localhost" servers listen on. [::1] asks for IPv6.
Result<std::string> resolve(const std::string& url, const std::string& name) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failure = getaddrinfo(name.c_str(), nullptr, &hints, &found);
    if (failure != 0) {
        return Error{ErrorCode::environment, fmt::format(R"("{}": cannot resolve "{}": {})", url,
                                                         name, gai_strerror(failure))};
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
    const addrinfo* chosen = nullptr;
    for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
        const bool ipv4 = info->ai_family == AF_INET;
        if (ipv4 || (info->ai_family == AF_INET6 && chosen == nullptr)) {
            chosen = info;
        }
        if (ipv4) {
            break;
        }
    }
    if (chosen == nullptr) {
        return Error{ErrorCode::environment,
                     fmt::format(R"("{}": "{}" has no IP address)", url, name)};
    }
    return address_text(*chosen);
}

// Fills address and host_header from "[::1]:8080" or "name:8080".
Status parse_authority(const std::string& url, std::string_view authority, Target& target) {
    if (authority.find('@') != std::string_view::npos) {
        return bad_url(url, "a user and password in the URL are not supported");
    }
    if (!is_printable(authority)) {
        return bad_url(url, "the host has a space, a control character or a byte beyond ASCII");
    }
    std::string_view host = authority;
    std::string_view rest;
    if (begins_with(authority, "[")) {
        const std::size_t bracket = authority.find(']');
        if (bracket == std::string_view::npos) {
            return bad_url(url, "the IPv6 address has no closing ]");
        }
        host = authority.substr(1, bracket - 1);
        rest = authority.substr(bracket + 1);
        in6_addr address{};
        if (inet_pton(AF_INET6, std::string(host).c_str(), &address) != 1) {
            return bad_url(url, fmt::format("\"{}\" is not an IPv6 address", host));
        }
        target.address = host;
        target.host_header = fmt::format("[{}]", host);
    } else {
        host = authority.substr(0, authority.find(':'));
        rest = authority.substr(host.size());
        if (rest.find(':', 1) != std::string_view::npos) {
            return bad_url(url, "an IPv6 address goes in brackets: http://[::1]:8080/");
        }
        if (host.empty()) {
            return bad_url(url, fmt::format("the host is missing; write {}", kForms));
        }
        const Result<std::string> address = resolve(url, std::string(host));
        if (!address) {
            return address.error();
        }
        target.address = *address;
        target.host_header = host;
    }
    target.port = kDefaultPort;
    if (!rest.empty()) {
        if (rest.front() != ':') {
            return bad_url(url, fmt::format("\"{}\" after the address is not a port", rest));
        }
        const Result<std::uint16_t> port = parse_port(url, rest.substr(1));
        if (!port) {
            return port.error();
        }
        target.port = *port;
    }
    if (target.port != kDefaultPort) {
        target.host_header += fmt::format(":{}", target.port);
    }
    return {};
}

// The socket's path ends at the first ":/".
Result<Target> parse_unix(const std::string& url, std::string_view text) {
    Target target;
    const std::size_t border = text.find(":/");
    target.unix_path = text.substr(0, border);
    if (target.unix_path.empty()) {
        return bad_url(url, "the socket's path is missing; write unix:/path/to.sock:/path");
    }
    constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
    if (target.unix_path.size() > kLongest) {
        return bad_url(url, fmt::format("the socket's path is longer than {} bytes", kLongest));
    }
    const Result<std::string> path =
        request_target(url, border == std::string_view::npos ? "/" : text.substr(border + 1));
    if (!path) {
        return path.error();
    }
    target.path = *path;
    target.host_header = "localhost";
    return target;
}

}  // namespace

Result<Target> parse_url(const std::string& url) {
    const std::string_view text = url;
    if (begins_with(text, "unix:")) {
        return parse_unix(url, text.substr(5));
    }
    if (begins_with(text, "https:")) {
        return bad_url(url, "https is not supported: benchhost measures plain HTTP/1.1");
    }
    if (!begins_with(text, "http://")) {
        return bad_url(url, fmt::format("not a URL that can be measured; write {}", kForms));
    }
    const std::string_view rest = text.substr(7);
    const std::size_t border = rest.find_first_of("/?#");
    Target target;
    const Status authority = parse_authority(url, rest.substr(0, border), target);
    if (!authority) {
        return authority.error();
    }
    const Result<std::string> path =
        request_target(url, border == std::string_view::npos ? "/" : rest.substr(border));
    if (!path) {
        return path.error();
    }
    target.path = *path;
    return target;
}

}  // namespace benchhost::load

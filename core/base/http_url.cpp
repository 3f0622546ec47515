#include "core/base/http_url.hpp"

#include "core/base/field_name.hpp"
#include "core/base/printable.hpp"
#include "core/base/units.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <string_view>

namespace benchhost {
namespace {

constexpr std::uint16_t kDefaultPort = 80;
constexpr std::size_t kLongestUrl = 8000;  // what any server should take: RFC 9110, 4.1
constexpr std::string_view kForms = "http://host[:port]/path or unix:/path/to.sock:/path";

Error bad_url(const std::string& url, const std::string& why) {
    return {ErrorCode::usage, fmt::format("{}: {}", in_quotes(url), why)};
}

bool begins_with(std::string_view text, std::string_view lower_prefix) {
    return text.size() >= lower_prefix.size() &&
           std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(),
                      [](char wanted, char c) { return wanted == lower(c); });
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return byte > ' ' && byte <= '~'; });
}

// Where a fragment begins. Within braces a # belongs to a placeholder, of which no URL knows.
std::size_t fragment_of(std::string_view text) {
    bool in_braces = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        in_braces = text[i] == '{' || (in_braces && text[i] != '}');
        if (text[i] == '#' && !in_braces) {
            return i;
        }
    }
    return text.size();
}

// "/path?query" as it goes into the request line: never empty, without the fragment.
Result<std::string> request_target(const std::string& url, std::string_view text) {
    text = text.substr(0, fragment_of(text));
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

// An empty port is the default one (RFC 3986 3.2.3).
Result<std::uint16_t> parse_port(const std::string& url, std::string_view text) {
    if (text.empty()) {
        return kDefaultPort;
    }
    const Result<std::uint64_t> port = parse_count(text, 1, 65535);
    if (!port) {
        return bad_url(url,
                       fmt::format("the port {} is not a number from 1 to 65535", in_quotes(text)));
    }
    return static_cast<std::uint16_t>(*port);
}

Status check_host_bytes(const std::string& url, std::string_view authority) {
    if (authority.find('@') != std::string_view::npos) {
        return bad_url(url, "a user and password in the URL are not supported");
    }
    if (is_printable(authority)) {
        return {};
    }
    const bool ascii = std::all_of(authority.begin(), authority.end(), [](char byte) {
        return static_cast<unsigned char>(byte) < 128;
    });
    return bad_url(url, ascii ? "the host has a space or a control character"
                              : "an international name goes in as punycode, such as "
                                "xn--bcher-kva.example for b\u00fccher.example");
}

// What stands in the brackets: an address, and for a link-local one the interface ("zone") behind
// %25 (RFC 6874) or, as people type it, behind %.
Status parse_ipv6(const std::string& url, std::string_view text, HttpUrl& parsed) {
    const std::size_t percent = text.find('%');
    const std::string address(text.substr(0, percent));
    in6_addr ignored{};
    if (::inet_pton(AF_INET6, address.c_str(), &ignored) != 1) {
        return bad_url(url, fmt::format("{} is not an IPv6 address", in_quotes(address)));
    }
    parsed.is_ipv6 = true;
    parsed.host = address;
    parsed.host_header = fmt::format("[{}]", address);
    if (percent != std::string_view::npos) {
        std::string_view zone = text.substr(percent + 1);
        zone.remove_prefix(begins_with(zone, "25") && zone.size() > 2 ? 2 : 0);
        if (zone.empty()) {
            return bad_url(url, "no network interface stands behind the %, such as %eth0");
        }
        parsed.host += fmt::format("%{}", zone);
    }
    return {};
}

// "[::1]:8080" or "name:8080".
Status parse_authority(const std::string& url, std::string_view authority, HttpUrl& parsed) {
    if (auto right = check_host_bytes(url, authority); !right) {
        return right;
    }
    std::string_view rest;
    if (begins_with(authority, "[")) {
        const std::size_t bracket = authority.find(']');
        if (bracket == std::string_view::npos) {
            return bad_url(url, "the IPv6 address has no closing ]");
        }
        rest = authority.substr(bracket + 1);
        if (auto right = parse_ipv6(url, authority.substr(1, bracket - 1), parsed); !right) {
            return right;
        }
    } else {
        parsed.host = authority.substr(0, authority.find(':'));
        parsed.host_header = parsed.host;
        rest = authority.substr(parsed.host.size());
        if (rest.find(':', 1) != std::string_view::npos) {
            return bad_url(url, "an IPv6 address goes in brackets: http://[::1]:8080/");
        }
        if (parsed.host.empty()) {
            return bad_url(url, fmt::format("the host is missing; write {}", kForms));
        }
    }
    if (!rest.empty() && rest.front() != ':') {
        return bad_url(url, fmt::format("{} after the address is not a port", in_quotes(rest)));
    }
    const auto port = parse_port(url, rest.empty() ? rest : rest.substr(1));
    if (!port) {
        return port.error();
    }
    parsed.port = *port;
    if (parsed.port != kDefaultPort) {
        parsed.host_header += fmt::format(":{}", parsed.port);
    }
    return {};
}

// The socket's path ends at the first ":/".
Result<HttpUrl> parse_unix(const std::string& url, std::string_view text) {
    HttpUrl parsed;
    const std::size_t border = text.find(":/");
    parsed.unix_path = text.substr(0, border);
    if (parsed.unix_path.empty()) {
        return bad_url(url, "the socket's path is missing; write unix:/path/to.sock:/path");
    }
    constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
    if (parsed.unix_path.size() > kLongest) {
        return bad_url(url, fmt::format("the socket's path is longer than {} bytes", kLongest));
    }
    auto path =
        request_target(url, border == std::string_view::npos ? "/" : text.substr(border + 1));
    if (!path) {
        return path.error();
    }
    parsed.path = std::move(*path);
    parsed.host_header = "localhost";
    return parsed;
}

}  // namespace

Result<HttpUrl> parse_http_url(const std::string& url) {
    const std::string_view text = url;
    if (text.size() > kLongestUrl) {
        return bad_url(url, fmt::format("it is longer than {} bytes", kLongestUrl));
    }
    if (begins_with(text, "unix:")) {
        return parse_unix(url, text.substr(5));
    }
    if (begins_with(text, "https:")) {
        return bad_url(url,
                       "https is not supported: benchhost measures plain HTTP/1.1, without TLS");
    }
    if (!begins_with(text, "http://")) {
        return bad_url(
            url,
            fmt::format("not the URL of an HTTP server that can be measured; write {}", kForms));
    }
    const std::string_view rest = text.substr(7);
    const std::size_t border = rest.find_first_of("/?#");
    HttpUrl parsed;
    if (auto right = parse_authority(url, rest.substr(0, border), parsed); !right) {
        return right.error();
    }
    auto path = request_target(url, border == std::string_view::npos ? "/" : rest.substr(border));
    if (!path) {
        return path.error();
    }
    parsed.path = std::move(*path);
    return parsed;
}

}  // namespace benchhost

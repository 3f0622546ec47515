// A URL is what its parts say: written from them and read again, it has the same.
#include "core/base/http_url.hpp"
#include "tests/fuzz/door.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace benchhost::fuzz {
namespace {

std::string url_of(const HttpUrl& url) {
    if (!url.unix_path.empty()) {
        return fmt::format("unix:{}:{}", url.unix_path, url.path);
    }
    if (!url.is_ipv6) {
        return fmt::format("http://{}:{}{}", url.host, url.port, url.path);
    }
    const auto percent = url.host.find('%');
    const auto zone = percent == std::string::npos ? "" : "%25" + url.host.substr(percent + 1);
    return fmt::format("http://[{}{}]:{}{}", url.host.substr(0, percent), zone, url.port, url.path);
}

bool goes_on_the_wire(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

void read_url(std::string_view input) {
    const auto url = parse_http_url(std::string(input));
    if (!url) {
        hold_error(url.error(), ErrorCode::usage);
        return;
    }
    hold(goes_on_the_wire(url->path) && url->path.front() == '/', "the target is one");
    hold(goes_on_the_wire(url->host_header), "the Host header is one");
    hold(url->host.empty() != url->unix_path.empty(), "it has a host or a socket");
    hold(url->port != 0, "it has a port");
    const auto again = parse_http_url(url_of(*url));
    hold(again.has_value(), url_of(*url) + " is read again");
    hold(again->host == url->host && again->is_ipv6 == url->is_ipv6 && again->port == url->port &&
             again->unix_path == url->unix_path && again->host_header == url->host_header &&
             again->path == url->path,
         url_of(*url) + " has the same parts");
}

const Door url_door("url", read_url);

}  // namespace
}  // namespace benchhost::fuzz

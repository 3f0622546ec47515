#include "core/http/target.hpp"

#include "core/base/http_url.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace benchhost::http {

namespace {

// Numeric, with the zone of a link-local address.
std::string address_text(const addrinfo& info) {
    std::array<char, NI_MAXHOST> text{};
    const int failure =
        ::getnameinfo(info.ai_addr, info.ai_addrlen, text.data(),
                      static_cast<socklen_t>(text.size()), nullptr, 0, NI_NUMERICHOST);
    return failure == 0 ? text.data() : "";
}

// All addresses of a name in the order in which they are to be tried: IPv4 first, which is what
// most servers on "localhost" listen on.
Result<std::vector<std::string>> resolve(const std::string& url, const std::string& name) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failure = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
    if (failure != 0) {
        return Error{ErrorCode::environment, fmt::format(R"("{}": cannot resolve "{}": {})", url,
                                                         name, ::gai_strerror(failure))};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
    std::vector<std::string> addresses;
    for (const int family : {AF_INET, AF_INET6}) {
        for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
            auto address = info->ai_family == family ? address_text(*info) : "";
            const bool known =
                std::find(addresses.begin(), addresses.end(), address) != addresses.end();
            if (!address.empty() && !known) {
                addresses.push_back(std::move(address));
            }
        }
    }
    if (addresses.empty()) {
        return Error{ErrorCode::environment,
                     fmt::format(R"("{}": "{}" has no IP address)", url, name)};
    }
    return addresses;
}

}  // namespace

Result<std::vector<Target>> resolve_url(const std::string& url) {
    const auto parsed = parse_http_url(url);
    if (!parsed) {
        return parsed.error();
    }
    Target target;
    target.host_header = parsed->host_header;
    target.path = parsed->path;
    if (!parsed->unix_path.empty()) {
        target.unix_path = parsed->unix_path;
        return std::vector{target};
    }
    target.port = parsed->port;
    const auto addresses = parsed->is_ipv6 ? Result<std::vector<std::string>>({parsed->host})
                                           : resolve(url, parsed->host);
    if (!addresses) {
        return addresses.error();
    }
    std::vector<Target> targets;
    for (const auto& address : *addresses) {
        target.address = address;
        targets.push_back(target);
    }
    return targets;
}

Result<Target> parse_url(const std::string& url) {
    auto targets = resolve_url(url);
    return targets ? Result<Target>(std::move(targets->front())) : targets.error();
}

}  // namespace benchhost::http

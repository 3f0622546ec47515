#include "core/servers/listener.hpp"

#include "core/http/socket_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace benchhost::servers {
namespace {

constexpr int kBacklog = 4096;

Result<Listener> listen_at(http::Target target) {
    auto address = http::address_of(target);
    if (!address) {
        return address.error();
    }
    Listener listener;
    listener.target = std::move(target);
    const auto failed = [&](const char* call) {
        return system_error(
            ErrorCode::environment,
            fmt::format("cannot listen on {} ({})", listener.target.host_header, call), errno);
    };
    listener.socket.reset(
        ::socket(address->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!listener.socket.is_open()) {
        return failed("socket");
    }
    if (::bind(listener.socket.get(), address->get(), address->size) != 0) {
        return failed("bind");
    }
    if (::listen(listener.socket.get(), kBacklog) != 0) {
        return failed("listen");
    }
    return listener;
}

Result<std::uint16_t> port_of(int socket) {
    sockaddr_storage raw{};
    socklen_t size = sizeof(raw);
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&raw), &size) != 0) {
        return system_error(ErrorCode::environment, "cannot read the port of a socket", errno);
    }
    // The port stands at the same place in both families.
    sockaddr_in internet{};
    std::memcpy(&internet, &raw, sizeof(internet));
    return ntohs(internet.sin_port);
}

}  // namespace

Result<Listener> listen_tcp(const std::string& address) {
    http::Target target;
    target.address = address;
    target.host_header = address;
    auto listener = listen_at(std::move(target));
    if (!listener) {
        return listener;
    }
    const auto port = port_of(listener->socket.get());
    if (!port) {
        return port.error();
    }
    listener->target.port = *port;
    const bool ipv6 = address.find(':') != std::string::npos;
    listener->target.host_header =
        ipv6 ? fmt::format("[{}]:{}", address, *port) : fmt::format("{}:{}", address, *port);
    return listener;
}

Result<Listener> listen_unix(const std::string& path) {
    http::Target target;
    target.unix_path = path;
    target.host_header = "localhost";
    return listen_at(std::move(target));
}

}  // namespace benchhost::servers

// The connections that a library leaves open when it stops.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::sdk {

namespace detail {

/// The port at one end of a connection; 0: `descriptor` is none. `name` is getsockname or
/// getpeername.
inline std::uint16_t port_at(int descriptor, int (*name)(int, sockaddr*, socklen_t*)) {
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    } address{};
    socklen_t size = sizeof address;
    if (name(descriptor, &address.any, &size) != 0) {
        return 0;
    }
    switch (address.any.sa_family) {
        case AF_INET:
            return ntohs(address.v4.sin_port);
        case AF_INET6:
            return ntohs(address.v6.sin6_port);
        default:
            return 0;
    }
}

}  // namespace detail

/// Closes every accepted connection of `port` that is still open in this process. For a library
/// that has stopped, with all its threads gone, and has left some that it tells nobody.
inline void close_connections(std::uint16_t port) {
    std::vector<int> left;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::stoi(entry.path().filename().string());
        if (detail::port_at(descriptor, ::getsockname) == port &&
            detail::port_at(descriptor, ::getpeername) != 0) {
            left.push_back(descriptor);
        }
    }
    for (const int descriptor : left) {
        ::close(descriptor);
    }
}

}  // namespace benchhost::sdk

#include "core/http/socket_address.hpp"

#include "core/base/printable.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace benchhost::http {
namespace {

// What one pair of addresses can have open at a time when the range cannot be read.
constexpr std::uint32_t kDefaultPorts = 28'000;
// Connections closed a moment ago keep their port for a while (TIME_WAIT), so that a run without
// keep-alive needs many more than it has open.
constexpr std::uint32_t kAddressesWithoutKeepAlive = 32;
constexpr std::uint32_t kMostAddresses = 200;

std::string name_of(const Target& target) {
    return target.unix_path.empty() ? fmt::format("{} port {}", target.address, target.port)
                                    : target.unix_path;
}

Result<SocketAddress> unix_address(const std::string& path) {
    sockaddr_un raw{};
    raw.sun_family = AF_UNIX;
    if (path.size() >= sizeof(raw.sun_path)) {
        return Error{ErrorCode::usage, fmt::format("the socket path {} is too long: {} bytes, at "
                                                   "most {} are allowed",
                                                   path, path.size(), sizeof(raw.sun_path) - 1)};
    }
    std::memcpy(raw.sun_path, path.data(), path.size());
    SocketAddress address;
    std::memcpy(&address.storage, &raw, sizeof(raw));
    address.size = sizeof(raw);
    return address;
}

Result<std::uint32_t> zone_index(const std::string& zone) {
    if (const unsigned index = ::if_nametoindex(zone.c_str()); index != 0) {
        return index;
    }
    const auto number = parse_count(zone, 1, UINT32_MAX);
    if (!number) {
        return Error{ErrorCode::usage,
                     fmt::format("this machine has no network interface {}", in_quotes(zone))};
    }
    return static_cast<std::uint32_t>(*number);
}

std::uint32_t ephemeral_ports() {
    std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    if (range >> first >> last && last > first) {
        return last - first + 1;
    }
    return kDefaultPorts;
}

bool on_ipv4_loopback(const SocketAddress& address) {
    if (address.family() != AF_INET) {
        return false;
    }
    sockaddr_in raw{};
    std::memcpy(&raw, &address.storage, sizeof(raw));
    return (ntohl(raw.sin_addr.s_addr) >> 24U) == 127;
}

}  // namespace

Result<SocketAddress> address_of(const Target& target) {
    if (!target.unix_path.empty()) {
        return unix_address(target.unix_path);
    }
    SocketAddress address;
    sockaddr_in ipv4{};
    sockaddr_in6 ipv6{};
    if (::inet_pton(AF_INET, target.address.c_str(), &ipv4.sin_addr) == 1) {
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(target.port);
        std::memcpy(&address.storage, &ipv4, sizeof(ipv4));
        address.size = sizeof(ipv4);
    } else if (const auto percent = target.address.find('%');
               ::inet_pton(AF_INET6, target.address.substr(0, percent).c_str(), &ipv6.sin6_addr) ==
               1) {
        ipv6.sin6_family = AF_INET6;
        if (percent != std::string::npos) {
            const auto zone = zone_index(target.address.substr(percent + 1));
            if (!zone) {
                return zone.error();
            }
            ipv6.sin6_scope_id = *zone;
        }
        ipv6.sin6_port = htons(target.port);
        std::memcpy(&address.storage, &ipv6, sizeof(ipv6));
        address.size = sizeof(ipv6);
    } else {
        return Error{ErrorCode::usage,
                     fmt::format("'{}' is not an IPv4 or IPv6 address", target.address)};
    }
    return address;
}

std::vector<SocketAddress> local_addresses(const SocketAddress& remote, std::uint32_t connections,
                                           bool keep_alive) {
    std::vector<SocketAddress> addresses;
    if (!on_ipv4_loopback(remote)) {
        return addresses;
    }
    // A fifth is left to the rest of the machine.
    const std::uint32_t usable = std::max(1U, ephemeral_ports() / 5 * 4);
    std::uint32_t wanted = (connections + usable - 1) / usable;
    if (!keep_alive) {
        wanted = std::max(wanted, kAddressesWithoutKeepAlive);
    }
    if (wanted <= 1) {
        return addresses;
    }
    for (std::uint32_t i = 0; i < std::min(wanted, kMostAddresses); ++i) {
        sockaddr_in raw{};
        raw.sin_family = AF_INET;
        raw.sin_addr.s_addr = htonl(0x7f000001U + i);
        SocketAddress address;
        std::memcpy(&address.storage, &raw, sizeof(raw));
        address.size = sizeof(raw);
        addresses.push_back(address);
    }
    return addresses;
}

UniqueFd open_stream(const SocketAddress& remote, const SocketAddress* local) {
    UniqueFd fd(::socket(remote.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open() || remote.family() == AF_UNIX) {
        return fd;
    }
    const int on = 1;
    (void)::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (local != nullptr) {
        // The port is chosen by connect(), which knows the whole four-tuple.
        (void)::setsockopt(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
        if (::bind(fd.get(), local->get(), local->size) != 0) {
            const int error_number = errno;
            fd.reset();
            errno = error_number;
        }
    }
    return fd;
}

bool wait_for(int descriptor, short events, Instant until) {
    pollfd entry{descriptor, events, 0};
    for (;;) {
        const Nanoseconds left = until - Clock::now();
        if (left <= Nanoseconds::zero()) {
            return false;
        }
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec wait{seconds.count(), Nanoseconds(left - seconds).count()};
        if (::ppoll(&entry, 1, &wait, nullptr) > 0) {
            return true;
        }
    }
}

model::FailureClass connect_failure(int error_number, bool unix_socket) {
    switch (error_number) {
        case ETIMEDOUT:
            return model::FailureClass::connect_timeout;
        case EAGAIN:
            // A unix socket's listen queue is full; elsewhere there is no local port.
            return unix_socket ? model::FailureClass::connect_refused
                               : model::FailureClass::no_port_or_fd;
        case EADDRNOTAVAIL:
        case EADDRINUSE:
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return model::FailureClass::no_port_or_fd;
        case ECONNRESET:
            return model::FailureClass::reset_before_answer;
        default:
            return model::FailureClass::connect_refused;
    }
}

bool closed_before_last_write(int socket) {
    int error_number = 0;
    socklen_t size = sizeof(error_number);
    // A reset after the end of the stream is EPIPE, one in its midst ECONNRESET.
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error_number, &size) == 0 &&
        error_number == EPIPE) {
        return true;
    }
    tcp_info info{};
    size = sizeof(info);
    return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_unacked > 0;
}

std::optional<Nanoseconds> round_trip(int socket) {
    tcp_info info{};
    socklen_t size = sizeof(info);
    // It is 0 when the wish was sent twice: which of the two was answered, nobody knows.
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || info.tcpi_rtt == 0) {
        return std::nullopt;
    }
    return std::chrono::microseconds(info.tcpi_rtt);
}

Status check_listening(const SocketAddress& remote, const Target& target, Nanoseconds timeout) {
    const auto failed = [&](int error_number) {
        return system_error(ErrorCode::server, fmt::format("cannot connect to {}", name_of(target)),
                            error_number);
    };
    const UniqueFd fd = open_stream(remote, nullptr);
    if (!fd.is_open()) {
        return failed(errno);
    }
    if (::connect(fd.get(), remote.get(), remote.size) == 0) {
        return {};
    }
    if (errno == EAGAIN && remote.family() == AF_UNIX) {
        return {};  // it listens; its queue is full at the moment
    }
    if (errno != EINPROGRESS) {
        return failed(errno);
    }
    if (!wait_for(fd.get(), POLLOUT, Clock::now() + timeout)) {
        return failed(ETIMEDOUT);
    }
    int error_number = 0;
    socklen_t size = sizeof(error_number);
    (void)::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error_number, &size);
    // A server that resets what it has accepted does listen: its answers will be counted as such.
    return error_number == 0 || error_number == ECONNRESET ? Status{}
                                                           : Status{failed(error_number)};
}

}  // namespace benchhost::http

#include "bench/bare_loop.hpp"

#include "core/base/clock.hpp"
#include "core/base/unique_fd.hpp"
#include "core/http/socket_address.hpp"
#include "core/load/engine/traffic.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <vector>

namespace benchhost::bench {
namespace {

Nanoseconds cpu_of_thread() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec);
}

Result<std::vector<UniqueFd>> connect_all(const http::SocketAddress& remote, int epoll,
                                          std::uint32_t count) {
    std::vector<UniqueFd> sockets;
    for (std::uint32_t i = 0; i < count; ++i) {
        UniqueFd socket(::socket(remote.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
        epoll_event event{};
        event.events = EPOLLIN | EPOLLET;
        event.data.fd = socket.get();
        if (::connect(socket.get(), remote.get(), remote.size) != 0 ||
            ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket.get(), &event) != 0) {
            return system_error(ErrorCode::environment, "cannot connect the bare loop", errno);
        }
        sockets.push_back(std::move(socket));
    }
    return sockets;
}

}  // namespace

Result<BareResult> run_bare_loop(const http::Target& target, std::uint32_t connections,
                                 Nanoseconds warmup, Nanoseconds duration) {
    const auto remote = http::address_of(target);
    if (!remote) {
        return remote.error();
    }
    const UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    const auto sockets = connect_all(*remote, epoll.get(), connections);
    if (!sockets) {
        return sockets.error();
    }
    load::LoadSpec spec;
    spec.target = target;
    const auto traffic = load::make_traffic(spec, 1);
    if (!traffic) {
        return traffic.error();
    }
    const std::string request = traffic->repeated;
    const auto ask = [&](int descriptor) {
        (void)::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    };
    for (const UniqueFd& socket : *sockets) {
        ask(socket.get());
    }
    std::vector<char> buffer(std::size_t{64} * 1024);
    std::array<epoll_event, 256> events{};
    BareResult result;
    Instant now = Clock::now();
    const Instant begin = now + warmup;
    const Instant end = begin + duration;
    std::optional<Nanoseconds> cpu_at_begin;
    while (now < end) {
        const int ready =
            ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 1000);
        for (int i = 0; i < ready; ++i) {
            const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
            if (::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
                ++result.answers;
                ask(descriptor);
            }
        }
        now = Clock::now();
        if (!cpu_at_begin && now >= begin) {
            cpu_at_begin = cpu_of_thread();
            result.answers = 0;
        }
    }
    result.cpu = cpu_of_thread() - cpu_at_begin.value_or(Nanoseconds(0));
    return result;
}

}  // namespace benchhost::bench

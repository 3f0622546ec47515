// The Kernel of every load that is measured: Linux.
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/http/socket_address.hpp"
#include "core/load/engine/poller.hpp"

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace benchhost::load {

/// One load thread's. Calls that fail say why in errno, as the system calls do.
class Kernel {
  public:
    using Socket = UniqueFd;

    static Result<Kernel> open();

    Instant now() const { return Clock::now(); }

    /// Not open: errno says why.
    Socket open_stream(const http::SocketAddress& remote, const http::SocketAddress* local) const {
        return http::open_stream(remote, local);
    }
    /// True also when it is under way: then the socket becomes ready.
    bool connect(const Socket& socket, const http::SocketAddress& remote) const;
    /// What came of a connect() that was under way: 0, or an errno.
    int connect_error(const Socket& socket) const;
    /// How many of `bytes` were taken; -1 for none.
    ssize_t send(const Socket& socket, std::string_view bytes) const {
        return ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    ssize_t receive(const Socket& socket, char* into, std::size_t room) const {
        return ::recv(socket.get(), into, room, MSG_DONTWAIT);
    }
    bool closed_before_last_write(const Socket& socket) const {
        return http::closed_before_last_write(socket.get());
    }
    std::optional<Nanoseconds> round_trip(const Socket& socket) const {
        return http::round_trip(socket.get());
    }

    /// See Poller.
    static constexpr std::size_t kBatch = Poller::kBatch;
    bool watch(const Socket& socket, std::uint64_t key) { return poller_.add(socket.get(), key); }
    std::size_t wait(std::optional<Nanoseconds> timeout) { return poller_.wait(timeout); }
    const epoll_event* events() const { return poller_.events(); }

    /// Of the calling thread: waits that end when they should, and the processor it runs on.
    bool settle(std::optional<unsigned> cpu) const;
    /// What the calling thread has run so far.
    Nanoseconds thread_cpu() const;
    /// How long it was ready to run and waited for a processor so far. Reads a file: not for every
    /// request.
    std::optional<Nanoseconds> run_delay() const;

  private:
    explicit Kernel(Poller poller) : poller_(std::move(poller)) {}

    Poller poller_;
};

}  // namespace benchhost::load

// The Kernel of a load in simulated time (core/load/engine/kernel.hpp): the sockets of a World. No
// call takes any time; it passes in wait() alone.
#pragma once

#include "core/base/clock.hpp"
#include "core/http/socket_address.hpp"
#include "tests/unit/simulation/world.hpp"

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::simulation {

/// What the kernel holds for one load thread. Outlives the Kernel and its sockets.
class Sockets {
  public:
    Sockets(World& world, std::uint32_t connections, std::size_t request_size, Instant now)
        : world_(world), request_size_(request_size), now_(now), buffers_(connections) {}

    /// `call` is made when that time has come, before anybody else hears of it. In order.
    void at(Instant time, std::function<void()> call) {
        calls_.emplace_back(time, std::move(call));
    }

    /// Whoever sleeps at `from` wakes at `until` at the earliest; no more than kBatch events are
    /// told at a time.
    void freeze(Instant from, Instant until) { frozen_ = {from, until}; }
    static constexpr std::size_t kBatch = 4;

    Instant now() const { return now_; }
    void open(std::uint32_t index, std::uint64_t key);
    void close(std::uint32_t index);
    int connect_error(std::uint32_t index) const;
    ssize_t send(std::uint32_t index, std::size_t size);
    ssize_t receive(std::uint32_t index, char* into, std::size_t room);
    bool lost_last(std::uint32_t index) const { return world_.lost_last(index); }
    std::size_t wait(std::optional<Nanoseconds> timeout);
    const epoll_event* events() const { return events_.data(); }

  private:
    struct Buffer {
        std::uint64_t key = 0;
        std::uint32_t ready = 0;  // epoll's events of the batch that is being made
        int error_number = 0;     // of connect() or the next receive()
        bool ended = false;
        std::string unread;
        std::size_t taken = 0;       // bytes, since the connection was opened
        std::uint64_t requests = 0;  // that the world knows of
    };
    void add(const Happening& happening);
    void tell_some();

    World& world_;
    std::size_t request_size_;
    Instant now_;
    std::deque<std::pair<Instant, std::function<void()>>> calls_;
    std::vector<Buffer> buffers_;
    std::optional<std::pair<Instant, Instant>> frozen_;
    std::vector<epoll_event> events_;
    std::deque<std::uint32_t> ready_;  // connections, in the order in which they became so
};

}  // namespace benchhost::simulation

namespace benchhost::load {

class Kernel {
  public:
    /// A connection of the world, once it is watched: the key of its events tells which.
    class Socket {
      public:
        Socket() = default;
        explicit Socket(simulation::Sockets& sockets) : sockets_(&sockets) {}
        ~Socket() { reset(); }
        Socket(const Socket&) = delete;
        Socket& operator=(const Socket&) = delete;
        Socket(Socket&& other) noexcept { *this = std::move(other); }
        Socket& operator=(Socket&& other) noexcept {
            if (this != &other) {
                reset();
                sockets_ = std::exchange(other.sockets_, nullptr);
                index_ = std::exchange(other.index_, std::nullopt);
            }
            return *this;
        }
        bool is_open() const { return sockets_ != nullptr; }
        void reset() {
            if (index_) {
                sockets_->close(*index_);
            }
            index_.reset();
            sockets_ = nullptr;
        }

      private:
        friend class Kernel;
        simulation::Sockets* sockets_ = nullptr;
        mutable std::optional<std::uint32_t> index_;
    };

    explicit Kernel(simulation::Sockets& sockets) : sockets_(&sockets) {}

    Instant now() const { return sockets_->now(); }

    Socket open_stream(const http::SocketAddress& /*remote*/,
                       const http::SocketAddress* /*local*/) const {
        return Socket(*sockets_);
    }
    bool connect(const Socket& /*socket*/, const http::SocketAddress& /*remote*/) const {
        return true;
    }
    int connect_error(const Socket& socket) const {
        return sockets_->connect_error(socket.index_.value());
    }
    ssize_t send(const Socket& socket, std::string_view bytes) const {
        return sockets_->send(socket.index_.value(), bytes.size());
    }
    ssize_t receive(const Socket& socket, char* into, std::size_t room) const {
        return sockets_->receive(socket.index_.value(), into, room);
    }
    bool closed_before_last_write(const Socket& socket) const {
        return sockets_->lost_last(socket.index_.value());
    }
    std::optional<Nanoseconds> round_trip(const Socket& /*socket*/) const { return std::nullopt; }

    bool watch(const Socket& socket, std::uint64_t key) {
        socket.index_ = static_cast<std::uint32_t>(key & 0xffffffffU);
        sockets_->open(*socket.index_, key);
        return true;
    }
    static constexpr std::size_t kBatch = simulation::Sockets::kBatch;
    std::size_t wait(std::optional<Nanoseconds> timeout) { return sockets_->wait(timeout); }
    const epoll_event* events() const { return sockets_->events(); }

    bool settle(std::optional<unsigned> /*cpu*/) const { return true; }
    Nanoseconds thread_cpu() const { return {}; }
    std::optional<Nanoseconds> run_delay() const { return std::nullopt; }

  private:
    simulation::Sockets* sockets_;
};

}  // namespace benchhost::load

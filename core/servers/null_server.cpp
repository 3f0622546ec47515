#include "core/servers/null_server.hpp"

#include "core/base/cpu_mask.hpp"
#include "core/servers/request_counter.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace benchhost::servers {
namespace {

// So many answers are written by one call when requests come pipelined.
constexpr std::size_t kAnswersAtOnce = 64;
constexpr std::size_t kReadBytes = std::size_t{64} * 1024;

struct Peer {
    UniqueFd socket;
    RequestCounter requests;
    std::size_t unsent = 0;
};

// The loop of the server's thread.
class Loop {
  public:
    Loop(int listener, int epoll, int stop, const std::string& answer,
         std::atomic<std::uint64_t>& requests)
        : listener_(listener),
          epoll_(epoll),
          stop_(stop),
          answer_size_(answer.size()),
          requests_(requests),
          buffer_(std::make_unique<char[]>(kReadBytes)) {
        const std::size_t copies = answer.size() < 1024 ? kAnswersAtOnce : 1;
        for (std::size_t i = 0; i < copies; ++i) {
            answers_ += answer;
        }
    }

    void run() {
        add(listener_, EPOLLIN);
        add(stop_, EPOLLIN);
        std::array<epoll_event, 256> events;
        for (;;) {
            const int ready =
                ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < ready; ++i) {
                const epoll_event& event = events[static_cast<std::size_t>(i)];
                if (event.data.fd == stop_) {
                    return;
                }
                if (event.data.fd == listener_) {
                    accept_all();
                } else {
                    serve(event.data.fd, event.events);
                }
            }
        }
    }

  private:
    void add(int descriptor, std::uint32_t interest) const {
        epoll_event event{};
        event.events = interest;
        event.data.fd = descriptor;
        (void)::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
    }

    void accept_all() {
        for (;;) {
            UniqueFd socket(::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (!socket.is_open()) {
                return;
            }
            const int descriptor = socket.get();
            if (peers_.size() <= static_cast<std::size_t>(descriptor)) {
                peers_.resize(static_cast<std::size_t>(descriptor) + 1);
            }
            peers_[static_cast<std::size_t>(descriptor)] = Peer{std::move(socket), {}, 0};
            add(descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        }
    }

    void serve(int descriptor, std::uint32_t events) {
        Peer& peer = peers_[static_cast<std::size_t>(descriptor)];
        if (peer.unsent != 0 && !send_rest(peer)) {
            peer.socket.reset();
            return;
        }
        const bool hung_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        while ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
            const ssize_t size = ::recv(descriptor, buffer_.get(), kReadBytes, MSG_DONTWAIT);
            if (size == 0 || (size < 0 && errno != EAGAIN)) {
                peer.socket.reset();
                return;
            }
            if (size < 0) {
                return;
            }
            const std::size_t count =
                peer.requests.count({buffer_.get(), static_cast<std::size_t>(size)});
            requests_.store(requests_.load(std::memory_order_relaxed) + count,
                            std::memory_order_relaxed);
            peer.unsent += count * answer_size_;
            if (!send_rest(peer)) {
                peer.socket.reset();
                return;
            }
            if (static_cast<std::size_t>(size) < kReadBytes && !hung_up) {
                return;
            }
        }
    }

    bool send_rest(Peer& peer) const {
        while (peer.unsent != 0) {
            const std::size_t at = (answer_size_ - peer.unsent % answer_size_) % answer_size_;
            const std::size_t bytes = std::min(peer.unsent, answers_.size() - at);
            const ssize_t sent =
                ::send(peer.socket.get(), answers_.data() + at, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0) {
                return errno == EAGAIN;
            }
            peer.unsent -= static_cast<std::size_t>(sent);
        }
        return true;
    }

    int listener_;
    int epoll_;
    int stop_;
    std::size_t answer_size_;
    std::string answers_;
    std::atomic<std::uint64_t>& requests_;
    std::unique_ptr<char[]> buffer_;
    std::vector<Peer> peers_;  // by descriptor
};

}  // namespace

Result<std::unique_ptr<NullServer>> NullServer::start(Listener listener, Options options) {
    std::unique_ptr<NullServer> server(new NullServer(std::move(listener), std::move(options)));
    server->epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    server->stop_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!server->epoll_.is_open() || !server->stop_.is_open()) {
        return system_error(ErrorCode::environment, "cannot start the null server", errno);
    }
    server->thread_ = std::thread([raw = server.get()] { raw->serve(); });
    return server;
}

NullServer::NullServer(Listener listener, Options options)
    : listener_(std::move(listener)), options_(std::move(options)) {}

NullServer::~NullServer() {
    if (thread_.joinable()) {
        (void)::eventfd_write(stop_.get(), 1);
        thread_.join();
    }
}

void NullServer::serve() {
    if (options_.cpu) {
        // Not pinned is still a server; the caller sees it by the speed only.
        (void)pin_to(*options_.cpu);
    }
    Loop(listener_.socket.get(), epoll_.get(), stop_.get(), options_.answer, requests_).run();
}

std::string canned_answer(std::string_view body) {
    return fmt::format(
        "HTTP/1.1 200 OK\r\nServer: benchhost\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
        "Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{}",
        body.size(), body);
}

}  // namespace benchhost::servers

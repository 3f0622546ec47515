#include "bench/echo_server.hpp"

#include "core/base/unique_fd.hpp"
#include "core/servers/null_server.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::bench {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kLengthField = "Content-Length: ";

struct Asked {
    std::string_view echoed;  ///< what the answer's body is
    std::size_t size = 0;     ///< of the request, its body included
};

std::string_view last_segment(std::string_view head) {
    const auto line = head.substr(0, head.find('\r'));
    const auto target = line.substr(0, line.rfind(' '));
    const auto slash = target.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : target.substr(slash + 1);
}

std::size_t body_bytes(std::string_view head) {
    std::size_t bytes = 0;
    if (const auto field = head.find(kLengthField); field != std::string_view::npos) {
        const auto digits = head.substr(field + kLengthField.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
    }
    return bytes;
}

/// The request that `data` begins with; nothing while its end has not come.
std::optional<Asked> first_of(std::string_view data) {
    const auto end = data.find(kHeadEnd);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto head = data.substr(0, end);
    const std::size_t head_bytes = end + kHeadEnd.size();
    if (!head.starts_with("POST ")) {
        return Asked{last_segment(head), head_bytes};
    }
    const std::size_t bytes = body_bytes(head);
    if (data.size() - head_bytes < bytes) {
        return std::nullopt;
    }
    return Asked{data.substr(head_bytes, bytes), head_bytes + bytes};
}

struct Peer {
    UniqueFd socket{};
    std::string unread{};  // a request whose rest is still to come
    std::string unsent{};  // answers for which the socket had no room
};

// False: the peer is gone.
bool send_rest(Peer& peer) {
    while (!peer.unsent.empty()) {
        const ssize_t sent = ::send(peer.socket.get(), peer.unsent.data(), peer.unsent.size(),
                                    MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            return errno == EAGAIN;
        }
        peer.unsent.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
}

class Loop {
  public:
    Loop(int listener, UniqueFd epoll)
        : listener_(listener),
          epoll_(std::move(epoll)),
          buffer_(std::make_unique<char[]>(kReadBytes)) {}

    Error run() {
        add(listener_, EPOLLIN);
        std::array<epoll_event, 256> events;
        for (;;) {
            const int ready =
                ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
            if (ready < 0 && errno != EINTR) {
                return system_error(ErrorCode::environment, "the echo server cannot wait", errno);
            }
            for (int i = 0; i < ready; ++i) {
                const epoll_event& event = events[static_cast<std::size_t>(i)];
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
        (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
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
            peers_[static_cast<std::size_t>(descriptor)].socket = std::move(socket);
            add(descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        }
    }

    void serve(int descriptor, std::uint32_t events) {
        Peer& peer = peers_[static_cast<std::size_t>(descriptor)];
        if (!send_rest(peer) || !read_all(peer, events)) {
            peer = Peer{};
        }
    }

    // False: the peer is gone.
    bool read_all(Peer& peer, std::uint32_t events) {
        const bool hung_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        if (!hung_up && (events & EPOLLIN) == 0) {
            return true;
        }
        for (;;) {
            const ssize_t size = ::recv(peer.socket.get(), buffer_.get(), kReadBytes, MSG_DONTWAIT);
            if (size <= 0) {
                return size < 0 && errno == EAGAIN;
            }
            answer(peer, {buffer_.get(), static_cast<std::size_t>(size)});
            if (!send_rest(peer)) {
                return false;
            }
            if (static_cast<std::size_t>(size) < kReadBytes && !hung_up) {
                return true;
            }
        }
    }

    void answer(Peer& peer, std::string_view data) {
        const bool goes_on = !peer.unread.empty();
        if (goes_on) {
            peer.unread += data;
            data = peer.unread;
        }
        while (const auto asked = first_of(data)) {
            peer.unsent += head_of(asked->echoed.size());
            peer.unsent += asked->echoed;
            data.remove_prefix(asked->size);
        }
        if (goes_on) {
            peer.unread.erase(0, peer.unread.size() - data.size());
        } else {
            peer.unread = data;
        }
    }

    // Made once for answers that are all as long.
    const std::string& head_of(std::size_t bytes) {
        if (head_.empty() || bytes != head_is_of_) {
            head_ = servers::canned_answer(std::string(bytes, 'x'));
            head_.resize(head_.size() - bytes);
            head_is_of_ = bytes;
        }
        return head_;
    }

    int listener_;
    UniqueFd epoll_;
    std::unique_ptr<char[]> buffer_;
    std::vector<Peer> peers_;  // by descriptor
    std::string head_;
    std::size_t head_is_of_ = 0;  // bytes of body
};

}  // namespace

Error serve_echo(const servers::Listener& listener) {
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.is_open()) {
        return system_error(ErrorCode::environment, "cannot start the echo server", errno);
    }
    return Loop(listener.socket.get(), std::move(epoll)).run();
}

}  // namespace benchhost::bench

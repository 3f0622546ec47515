#include "core/selftest/oracle_server.hpp"

#include "core/servers/request_counter.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>

namespace benchhost::selftest {

class OracleServer::Loop {
  public:
    Loop(OracleServer& server, UniqueFd epoll) : server_(server), epoll_(std::move(epoll)) {
        add(server_.listener_.socket.get());
        add(server_.stop_.get());
    }

    void run() {
        Events events;
        for (;;) {
            const int ready = wait(events);
            for (int i = 0; i < ready; ++i) {
                const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
                if (descriptor == server_.stop_.get()) {
                    return;
                }
                if (descriptor == server_.listener_.socket.get()) {
                    accept_all();
                } else {
                    read(descriptor);
                }
            }
            freeze_when_due();
            answer_what_is_due();
        }
    }

  private:
    static constexpr int kEvents = 64;
    using Events = std::array<epoll_event, kEvents>;

    struct Peer {
        UniqueFd socket;
        servers::RequestCounter requests;
    };
    struct Reply {
        Instant due;
        int descriptor;
    };

    void add(int descriptor) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = descriptor;
        (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
    }

    int wait(Events& events) const {
        Instant until = replies_.empty() ? kNever : replies_.front().due;
        if (freeze_at_) {
            until = std::min(until, *freeze_at_);
        }
        if (until == kNever) {
            return ::epoll_wait(epoll_.get(), events.data(), kEvents, -1);
        }
        const auto left = std::max(until - Clock::now(), Nanoseconds(0));
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec timeout{seconds.count(), (left - seconds).count()};
        return ::epoll_pwait2(epoll_.get(), events.data(), kEvents, &timeout, nullptr);
    }

    void accept_all() {
        for (;;) {
            UniqueFd socket(::accept4(server_.listener_.socket.get(), nullptr, nullptr,
                                      SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (!socket.is_open()) {
                return;
            }
            const int descriptor = socket.get();
            if (peers_.size() <= static_cast<std::size_t>(descriptor)) {
                peers_.resize(static_cast<std::size_t>(descriptor) + 1);
            }
            peers_[static_cast<std::size_t>(descriptor)] = Peer{std::move(socket), {}};
            ++server_.connections_;
            add(descriptor);
        }
    }

    void read(int descriptor) {
        Peer& peer = peers_[static_cast<std::size_t>(descriptor)];
        const ssize_t size = ::recv(descriptor, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        const Instant now = Clock::now();
        if (size <= 0) {
            if (size == 0 || errno != EAGAIN) {
                // Its replies still due must not reach whoever gets this descriptor next.
                std::erase_if(replies_,
                              [&](const Reply& reply) { return reply.descriptor == descriptor; });
                peer = {};
            }
            return;
        }
        for (std::size_t count =
                 peer.requests.count({buffer_.data(), static_cast<std::size_t>(size)});
             count > 0; --count) {
            arrive(descriptor, now);
        }
    }

    void arrive(int descriptor, Instant now) {
        const Options& options = server_.options_;
        if (server_.arrivals_.empty() && options.freeze) {
            freeze_at_ = now + options.freeze->after;
        }
        server_.arrivals_.push_back(now);
        free_at_ = std::max(free_at_, now) + options.service;
        replies_.push_back({free_at_ + options.delay, descriptor});
    }

    void freeze_when_due() {
        if (freeze_at_ && Clock::now() >= *freeze_at_) {
            std::this_thread::sleep_until(*freeze_at_ + server_.options_.freeze->length);
            freeze_at_.reset();
        }
    }

    void answer_what_is_due() {
        const Instant now = Clock::now();
        while (!replies_.empty() && replies_.front().due <= now) {
            Peer& peer = peers_[static_cast<std::size_t>(replies_.front().descriptor)];
            replies_.pop_front();
            // Answers are small and one at a time, so that the socket takes them whole; a peer
            // that does not read is not one of the generator's.
            const std::string& answer = server_.options_.answer;
            const ssize_t sent =
                ::send(peer.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
            server_.answers_ += sent == static_cast<ssize_t>(answer.size()) ? 1 : 0;
        }
    }

    OracleServer& server_;
    UniqueFd epoll_;
    std::vector<Peer> peers_;    // by descriptor
    std::deque<Reply> replies_;  // by due time
    Instant free_at_{};
    std::optional<Instant> freeze_at_;
    std::array<char, 16'384> buffer_;
};

OracleServer::OracleServer(servers::Listener listener, Options options)
    : listener_(std::move(listener)), options_(std::move(options)) {}

Result<std::unique_ptr<OracleServer>> OracleServer::start(servers::Listener listener,
                                                          Options options) {
    std::unique_ptr<OracleServer> server(new OracleServer(std::move(listener), std::move(options)));
    server->stop_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!server->stop_.is_open() || !epoll.is_open()) {
        return system_error(ErrorCode::environment, "cannot start the oracle server", errno);
    }
    // Room for the stamps is taken ahead: growing it would delay the arrivals it is to stamp.
    server->arrivals_.reserve(1'000'000);
    auto loop = std::make_unique<Loop>(*server, std::move(epoll));
    server->thread_ = std::thread([owned = std::move(loop)] {
        (void)::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
        owned->run();
    });
    return server;
}

void OracleServer::stop() {
    if (thread_.joinable()) {
        (void)::eventfd_write(stop_.get(), 1);
        thread_.join();
    }
}

OracleServer::~OracleServer() { stop(); }

}  // namespace benchhost::selftest

#include "core/selftest/fault_server.hpp"

#include "core/selftest/fault_script.hpp"

// There is one thread only, and ThreadSanitizer does not know fences.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK

#include <arpa/inet.h>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace benchhost::selftest {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;
using Socket = Protocol::socket;
using Acceptor = asio::basic_socket_acceptor<Protocol>;

using Counters = FaultServer::Counters;

void reset(Socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

// One connection. Keeps itself alive while an operation is pending.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Socket socket, const FaultScript& script, Counters& counters)
        : socket_(std::move(socket)), script_(script), counters_(counters) {
        error_code not_tcp;
        socket_.set_option(asio::ip::tcp::no_delay(true), not_tcp);
    }

    void read() {
        socket_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](error_code error, std::size_t size) {
                                    if (!error) {
                                        self->take({self->buffer_.data(), size});
                                    }
                                });
    }

  private:
    // A request has no body here, so it ends at the first empty line.
    void take(std::string_view data) {
        constexpr std::string_view kEnd = "\r\n\r\n";
        for (const char byte : data) {
            matched_ = byte == kEnd[matched_] ? matched_ + 1 : byte == kEnd[0] ? 1 : 0;
            if (matched_ == kEnd.size()) {
                matched_ = 0;
                ++waiting_;
                ++counters_.requests;
            }
        }
        const bool idle = !writing_;
        if (idle) {
            answer_next();
        }
        if (socket_.is_open()) {
            read();
        }
    }

    void answer_next() {
        if (waiting_ == 0 || ended_ || script_.answer.empty()) {
            return;
        }
        --waiting_;
        writing_ = true;
        write(0);
    }

    void write(std::size_t from) {
        const std::size_t size = script_.byte_by_byte ? 1 : script_.answer.size() - from;
        asio::async_write(socket_, asio::buffer(script_.answer.data() + from, size),
                          [self = shared_from_this(), from](error_code error, std::size_t written) {
                              if (!error) {
                                  self->wrote(from + written);
                              }
                          });
    }

    void wrote(std::size_t size) {
        if (size < script_.answer.size()) {
            write(size);
            return;
        }
        if (!script_.endless_tail.empty()) {
            write_tail();
            return;
        }
        ++counters_.answers;
        writing_ = false;
        switch (script_.then) {
            case FaultScript::Then::keep:
                answer_next();
                return;
            case FaultScript::Then::fin: {
                // Reading goes on until the client closes: a close with unread bytes sends RST.
                error_code ignored;
                ended_ = true;
                socket_.shutdown(Socket::shutdown_send, ignored);
                return;
            }
            case FaultScript::Then::reset:
                ended_ = true;
                reset(socket_);
                return;
        }
    }

    void write_tail() {
        asio::async_write(socket_, asio::buffer(script_.endless_tail),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error) {
                                  self->write_tail();
                              }
                          });
    }

    Socket socket_;
    const FaultScript& script_;
    Counters& counters_;
    std::array<char, 4096> buffer_{};
    std::size_t matched_ = 0;
    std::size_t waiting_ = 0;  // requests that were read and have no answer yet
    bool writing_ = false;
    bool ended_ = false;
};

[[noreturn]] void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), "fault server: " + what);
}

UniqueFd bound_to(const sockaddr* address, socklen_t size) {
    UniqueFd socket(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.is_open() || ::bind(socket.get(), address, size) != 0) {
        throw_errno("bind");
    }
    return socket;
}

UniqueFd bound_to_loopback(Listen listen) {
    if (listen == Listen::ipv6) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_addr = in6addr_loopback;
        return bound_to(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bound_to(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

std::uint16_t port_of(const UniqueFd& socket) {
    sockaddr_in6 address{};  // large enough for both; the port stands at the same place
    socklen_t size = sizeof address;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw_errno("getsockname");
    }
    return ntohs(address.sin6_port);
}

UniqueFd bound_to_file(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return bound_to(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

std::string free_socket_path() {
    static std::atomic<unsigned> count{0};
    return (std::filesystem::temp_directory_path() /
            fmt::format("benchhost-fault-{}-{}.sock", ::getpid(), count++))
        .string();
}

}  // namespace

// Everything below runs on the server's thread, but for the construction and stop().
class FaultServer::Loop {
  public:
    Loop(UniqueFd listening, Protocol protocol, FaultScript script, Counters& counters)
        : script_(std::move(script)),
          counters_(counters),
          acceptor_(context_, protocol, listening.release()) {
        accept();
    }

    void run() { context_.run(); }
    void stop() { context_.stop(); }
    /// After run() has ended: counts the answers that were written when it was stopped, or a client
    /// would have seen more of them than the server. Bounded, as a client may go on to ask.
    void count_the_last() {
        constexpr int kMostHandlers = 10'000;
        context_.restart();
        for (int done = 0; done < kMostHandlers && context_.poll_one() > 0; ++done) {
        }
    }

  private:
    void accept() {
        acceptor_.async_accept([this](error_code error, Socket socket) {
            if (!error) {
                ++counters_.connections;
                if (script_.reset_on_accept) {
                    reset(socket);
                } else {
                    std::make_shared<Session>(std::move(socket), script_, counters_)->read();
                }
            }
            accept();
        });
    }

    FaultScript script_;
    Counters& counters_;
    asio::io_context context_{1};
    Acceptor acceptor_;
};

FaultServer::FaultServer(Behaviour behaviour, const std::string& body, Listen listen)
    : listen_(listen) {
    UniqueFd socket;
    if (listen == Listen::unix_socket) {
        unix_path_ = free_socket_path();
        socket = bound_to_file(unix_path_);
    } else {
        socket = bound_to_loopback(listen);
        port_ = port_of(socket);
    }
    if (behaviour == Behaviour::refuse) {
        refusing_ = std::move(socket);
        return;
    }
    if (::listen(socket.get(), SOMAXCONN) != 0) {
        throw_errno("listen");
    }
    const Protocol protocol = listen == Listen::unix_socket
                                  ? Protocol(asio::local::stream_protocol())
                              : listen == Listen::ipv6 ? Protocol(asio::ip::tcp::v6())
                                                       : Protocol(asio::ip::tcp::v4());
    loop_ =
        std::make_unique<Loop>(std::move(socket), protocol, script_of(behaviour, body), counters_);
    thread_ = std::thread([loop = loop_.get()] { loop->run(); });
}

FaultServer::~FaultServer() {
    stop();
    if (!unix_path_.empty()) {
        ::unlink(unix_path_.c_str());
    }
}

void FaultServer::stop() {
    if (thread_.joinable()) {
        loop_->stop();
        thread_.join();
        loop_->count_the_last();
        loop_.reset();  // closes what is still open
    }
}

http::Target FaultServer::target(const std::string& path) const {
    return http::parse_url(url(path)).value();
}

std::string FaultServer::url(const std::string& path) const {
    if (listen_ == Listen::unix_socket) {
        return fmt::format("unix:{}:{}", unix_path_, path);
    }
    return fmt::format("http://{}:{}{}", listen_ == Listen::ipv6 ? "[::1]" : "127.0.0.1", port_,
                       path);
}

std::string_view to_string(Behaviour behaviour) {
    constexpr std::array<std::string_view, kAllBehaviours.size()> kNames{
        "right",
        "refuse",
        "accept_then_reset",
        "reset_in_body",
        "short_body_then_fin",
        "garbage_status",
        "endless_headers",
        "endless_body",
        "wrong_body_same_length",
        "wrong_length",
        "extra_byte",
        "status_503",
        "silence",
        "dribble",
        "chunk_split_each_byte",
        "chunked",
        "continue_100_first",
        "http10_close",
        "http10_keep_alive",
        "no_content_204",
        "not_modified_304",
        "close_each_time",
        "close_unannounced",
    };
    return kNames[static_cast<std::size_t>(behaviour)];
}

}  // namespace benchhost::selftest

#include "tests/integration/load/request_server.hpp"

// There is one thread only, and ThreadSanitizer does not know fences.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::load {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;
using Socket = Protocol::socket;
using Acceptor = asio::basic_socket_acceptor<Protocol>;

std::size_t body_size(const std::string& head) {
    constexpr std::string_view kField = "\r\nContent-Length: ";
    const auto place = head.find(kField);
    return place == std::string::npos ? 0 : std::stoul(head.substr(place + kField.size()));
}

// One connection. Keeps itself alive while an operation is pending.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Socket socket, std::size_t number, std::size_t at_once,
            const RequestServer::Answer& answer)
        : socket_(std::move(socket)), number_(number), answer_(answer), buffer_(at_once) {
        error_code not_tcp;
        socket_.set_option(asio::ip::tcp::no_delay(true), not_tcp);
    }

    void read() {
        socket_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](error_code error, std::size_t size) {
                                    if (!error) {
                                        self->take(size);
                                    }
                                });
    }

  private:
    void take(std::size_t size) {
        if (ended_) {  // a close with unread bytes would be a reset
            read();
            return;
        }
        received_.append(buffer_.data(), size);
        replies_.clear();
        while (!ended_) {
            const auto asked = next_request();
            if (!asked) {
                break;
            }
            const Reply reply = answer_(*asked);
            replies_ += reply.bytes;
            ended_ = reply.ends;
        }
        if (replies_.empty()) {
            read_on();
            return;
        }
        asio::async_write(socket_, asio::buffer(replies_),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error) {
                                  self->read_on();
                              }
                          });
    }

    void read_on() {
        if (ended_) {
            error_code ignored;
            socket_.shutdown(Socket::shutdown_send, ignored);
        }
        read();
    }

    std::optional<AskedRequest> next_request() {
        constexpr std::string_view kHeadEnd = "\r\n\r\n";
        const auto head_end = received_.find(kHeadEnd);
        if (head_end == std::string::npos) {
            return std::nullopt;
        }
        AskedRequest asked;
        asked.head = received_.substr(0, head_end + kHeadEnd.size());
        const std::size_t size = asked.head.size() + body_size(asked.head);
        if (received_.size() < size) {
            return std::nullopt;
        }
        const auto space = asked.head.find(' ');
        asked.method = asked.head.substr(0, space);
        asked.target = asked.head.substr(space + 1, asked.head.find(' ', space + 1) - space - 1);
        asked.body = received_.substr(asked.head.size(), size - asked.head.size());
        asked.connection = number_;
        asked.nth = requests_++;
        received_.erase(0, size);
        return asked;
    }

    Socket socket_;
    std::size_t number_;
    const RequestServer::Answer& answer_;
    std::vector<char> buffer_;
    std::string received_;
    std::string replies_;
    std::size_t requests_ = 0;
    bool ended_ = false;
};

}  // namespace

Reply right(const std::string& body) {
    return {fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body)};
}

// Everything below runs on the server's thread, but for the construction and stop().
class RequestServer::Loop {
  public:
    Loop(int listening, Protocol protocol, std::size_t at_once, Answer answer)
        : at_once_(at_once), answer_(std::move(answer)), acceptor_(context_, protocol, listening) {
        accept();
    }

    void run() { context_.run(); }
    void stop() { context_.stop(); }

  private:
    void accept() {
        acceptor_.async_accept([this](error_code error, Socket socket) {
            if (!error) {
                std::make_shared<Session>(std::move(socket), connections_++, at_once_, answer_)
                    ->read();
            }
            accept();
        });
    }

    std::size_t at_once_;
    Answer answer_;
    std::size_t connections_ = 0;
    asio::io_context context_{1};
    Acceptor acceptor_;
};

RequestServer::RequestServer(Answer answer)
    : RequestServer(servers::listen_tcp("127.0.0.1").value(), std::size_t{64} * 1024,
                    std::move(answer)) {}

RequestServer::RequestServer(servers::Listener listener, std::size_t at_once, Answer answer)
    : target_(listener.target) {
    const Protocol protocol = target_.unix_path.empty() ? Protocol(asio::ip::tcp::v4())
                                                        : Protocol(asio::local::stream_protocol());
    loop_ = std::make_unique<Loop>(listener.socket.release(), protocol, at_once, std::move(answer));
    thread_ = std::thread([loop = loop_.get()] { loop->run(); });
}

RequestServer::~RequestServer() { stop(); }

void RequestServer::stop() {
    if (thread_.joinable()) {
        loop_->stop();
        thread_.join();
        loop_.reset();  // closes what is still open
    }
}

}  // namespace benchhost::load

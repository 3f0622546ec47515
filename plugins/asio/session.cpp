#include "session.hpp"

#include <boost/asio/buffer.hpp>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace benchhost::asio_server {
namespace {

/// Pipelined answers are collected up to about this many bytes before they are written.
constexpr std::size_t kBatch = 65'536;

std::string_view reason_of(unsigned status) {
    switch (status) {
        case 200:
            return "200 OK";
        case 400:
            return "400 Bad Request";
        case 404:
            return "404 Not Found";
        case 405:
            return "405 Method Not Allowed";
        case 417:
            return "417 Expectation Failed";
        case 431:
            return "431 Request Header Fields Too Large";
        case 501:
            return "501 Not Implemented";
        case 505:
            return "505 HTTP Version Not Supported";
        default:
            return "500 Internal Server Error";
    }
}

}  // namespace

Session::Session(boost::asio::ip::tcp::socket socket, const sdk::Site& site)
    : socket_(std::move(socket)), site_(site) {}

Session::~Session() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

void Session::start() {
    boost::system::error_code ignored;  // a connection that is already gone fails at its first read
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    socket_.native_non_blocking(true, ignored);
    read();
}

void Session::read() {
    socket_.async_read_some(
        boost::asio::buffer(in_.data() + filled_, in_.size() - filled_),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
            if (!error) {
                self->filled_ += size;
                self->run();
            }
        });
}

void Session::run() {
    for (;;) {
        append_answers();
        const bool nothing_to_send = out_.empty();
        switch (flush()) {
            case Progress::done:
                break;
            case Progress::blocked:
                wait_until_writable();
                return;
            case Progress::failed:
                return;
        }
        if (closing_) {
            linger();
            return;
        }
        if (nothing_to_send) {
            read();
            return;
        }
    }
}

void Session::append_answers() {
    std::size_t used = 0;
    while (!closing_ && file_ < 0 && out_.size() < kBatch) {
        const std::size_t dropped =
            static_cast<std::size_t>(std::min<std::uint64_t>(skip_, filled_ - used));
        skip_ -= dropped;
        used += dropped;
        const Parsed parsed = parse_request({in_.data() + used, filled_ - used});
        if (parsed.state == Parsed::State::complete) {
            answer(parsed.request);
            used += parsed.head_size;
            skip_ = parsed.request.body_size;
        } else if (parsed.state == Parsed::State::refused) {
            refuse(parsed.status);
        } else if (used == 0 && filled_ == in_.size()) {
            refuse(431);
        } else {
            break;
        }
    }
    if (used > 0) {
        std::memmove(in_.data(), in_.data() + used, filled_ - used);
        filled_ -= used;
    }
}

void Session::answer(const Request& request) {
    closing_ = !request.keep_alive;
    const bool head_only = request.method == "HEAD";
    const sdk::Reply reply = site_.reply(request.method, request.path, json_);
    if (reply.file != nullptr) {
        answer_file(request, reply);
        return;
    }
    append_head(reply.status, reply.content_type, reply.body.size(), request);
    if (!head_only) {
        out_ += reply.body;
    }
}

void Session::answer_file(const Request& request, const sdk::Reply& reply) {
    file_ = ::open(reply.file->c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about {};
    if (file_ < 0 || ::fstat(file_, &about) != 0) {
        append_head(500, "text/plain", 0, request);
    } else {
        file_left_ = static_cast<std::uint64_t>(about.st_size);
        append_head(200, reply.content_type, file_left_, request);
        if (request.method != "HEAD") {
            return;  // flush() sends it
        }
    }
    file_left_ = 0;
    if (file_ >= 0) {
        ::close(std::exchange(file_, -1));
    }
}

void Session::refuse(unsigned status) {
    Request request;
    request.keep_alive = false;
    closing_ = true;
    append_head(status, "text/plain", 0, request);
}

void Session::append_head(unsigned status, std::string_view content_type, std::uint64_t size,
                          const Request& request) {
    out_ += "HTTP/1.1 ";
    out_ += reason_of(status);
    out_ += "\r\nContent-Type: ";
    out_ += content_type;
    out_ += "\r\nContent-Length: ";
    out_ += std::to_string(size);
    if (status == 405) {
        out_ += "\r\nAllow: GET, HEAD";
    }
    if (!request.keep_alive) {
        out_ += "\r\nConnection: close";
    } else if (request.http_1_0) {
        out_ += "\r\nConnection: keep-alive";
    }
    out_ += "\r\n\r\n";
}

Session::Progress Session::flush() {
    const int descriptor = socket_.native_handle();
    while (sent_ < out_.size()) {
        const ssize_t size = ::send(descriptor, out_.data() + sent_, out_.size() - sent_,
                                    MSG_NOSIGNAL | (file_left_ > 0 ? MSG_MORE : 0));
        if (size < 0) {
            return errno == EAGAIN || errno == EINTR ? Progress::blocked : Progress::failed;
        }
        sent_ += static_cast<std::size_t>(size);
    }
    while (file_left_ > 0) {
        const ssize_t size = ::sendfile(descriptor, file_, nullptr, file_left_);
        if (size < 0) {
            return errno == EAGAIN || errno == EINTR ? Progress::blocked : Progress::failed;
        }
        if (size == 0) {  // the file has become shorter than we said
            return Progress::failed;
        }
        file_left_ -= static_cast<std::uint64_t>(size);
    }
    if (file_ >= 0) {
        ::close(std::exchange(file_, -1));
    }
    out_.clear();
    sent_ = 0;
    return Progress::done;
}

void Session::wait_until_writable() {
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           if (!error) {
                               self->run();
                           }
                       });
}

void Session::linger() {
    boost::system::error_code ignored;  // the client may be gone already: the read tells
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    socket_.async_read_some(
        boost::asio::buffer(in_),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
            if (!error) {
                self->linger();
            }
        });
}

}  // namespace benchhost::asio_server

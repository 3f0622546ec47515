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
        case 413:
            return "413 Content Too Large";
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

void append_head(std::string& out, const sdk::Reply& reply, std::uint64_t size,
                 const Request& request) {
    out += "HTTP/1.1 ";
    out += reason_of(reply.status);
    out += "\r\nContent-Type: ";
    out += reply.content_type;
    out += "\r\nContent-Length: ";
    out += std::to_string(size);
    if (reply.allow != nullptr) {
        out += "\r\nAllow: ";
        out += reply.allow;
    }
    if (!request.keep_alive) {
        out += "\r\nConnection: close";
    } else if (request.http_1_0) {
        out += "\r\nConnection: keep-alive";
    }
    out += "\r\n\r\n";
}

bool may_have_body(const Request& request) {
    return request.content_length > 0 || request.chunked || request.method == "POST";
}

/// Its memory is kept for the next request, unless it is much.
void discard(std::string& text) {
    constexpr std::size_t kMuch = 1024 * 1024;
    text.clear();
    if (text.capacity() > kMuch) {
        text.shrink_to_fit();
    }
}

}  // namespace

Session::Session(boost::asio::ip::tcp::socket socket, const sdk::Site& site)
    : socket_(std::move(socket)), site_(site), timer_(socket_.get_executor()) {}

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
        if (is_waiting_) {
            wait_until_due();
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
    while (!closing_ && !is_waiting_ && file_ < 0 && out_.size() < kBatch) {
        const std::string_view rest(in_.data() + used, filled_ - used);
        if (!posted_.body.at_end()) {
            if (rest.empty()) {
                break;
            }
            used += take_body(rest);
            continue;
        }
        const Parsed parsed = parse_request(rest);
        if (parsed.state == Parsed::State::complete) {
            used += parsed.head_size;
            if (may_have_body(parsed.request)) {
                begin_body(parsed.request, used == filled_);
            } else {
                answer(parsed.request);
            }
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

void Session::begin_body(const Request& request, bool is_waited_for) {
    posted_.head.assign(request.method).append(request.target);
    posted_.request = request;
    posted_.request.method = std::string_view(posted_.head).substr(0, request.method.size());
    posted_.request.target = std::string_view(posted_.head).substr(request.method.size());
    posted_.body = Body(request);
    const sdk::Route* const route = request.method == "POST" ? site_.find(request.target) : nullptr;
    if (route != nullptr && route->kind == BH_ROUTE_UPLOAD) {
        posted_.use = Posted::Use::summed;
    } else if (route != nullptr && (route->kind == BH_ROUTE_ECHO || route->kind == BH_ROUTE_SUM)) {
        posted_.use = Posted::Use::kept;
    }
    if (posted_.body.at_end()) {
        end_body();
    } else if (request.expects_continue && is_waited_for) {
        out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    }
}

std::size_t Session::take_body(std::string_view bytes) {
    const Body::Piece piece = posted_.body.take(bytes);
    if (posted_.use == Posted::Use::kept) {
        posted_.content += piece.content;
    } else if (posted_.use == Posted::Use::summed) {
        posted_.upload.add(piece.content);
    }
    if (posted_.body.refusal() != 0) {
        refuse(posted_.body.refusal());
    } else if (posted_.body.at_end()) {
        end_body();
    }
    return piece.used;
}

void Session::end_body() {
    answer(posted_.request);
    posted_.use = Posted::Use::dropped;
    discard(posted_.content);
    posted_.upload = sdk::Upload();
}

void Session::answer(const Request& request) {
    closing_ = !request.keep_alive;
    sdk::Reply reply = site_.reply({request.method, request.target, posted_.content}, text_);
    if (reply.file != nullptr) {
        answer_file(request, reply);
        return;
    }
    if (posted_.use == Posted::Use::summed) {
        text_ = posted_.upload.text();
        reply.body = text_;
    }
    is_waiting_ = reply.wait.count() > 0;
    std::string& out = is_waiting_ ? later_ : out_;
    append_head(out, reply, reply.body.size(), request);
    if (request.method != "HEAD") {
        out += reply.body;
    }
    if (is_waiting_) {
        timer_.expires_after(reply.wait);
    }
}

void Session::answer_file(const Request& request, const sdk::Reply& reply) {
    file_ = ::open(reply.file->c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about {};
    if (file_ < 0 || ::fstat(file_, &about) != 0) {
        append_head(out_, {500}, 0, request);
    } else {
        file_left_ = static_cast<std::uint64_t>(about.st_size);
        append_head(out_, reply, file_left_, request);
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
    append_head(out_, {status}, 0, request);
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
    discard(out_);
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

void Session::wait_until_due() {
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error) {
            self->is_waiting_ = false;
            self->out_.swap(self->later_);
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

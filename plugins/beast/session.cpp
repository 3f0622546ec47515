#include "session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <cstddef>
#include <utility>

namespace benchhost::beast_server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

}  // namespace

Session::Session(boost::asio::ip::tcp::socket socket, const sdk::Site& site)
    : stream_(std::move(socket)), site_(site), timer_(stream_.get_executor()) {}

void Session::start() {
    boost::asio::dispatch(stream_.get_executor(),
                          beast::bind_front_handler(&Session::read_head, shared_from_this()));
}

void Session::read_head() {
    parser_.emplace();
    parser_->body_limit(sdk::kMostUpload);
    stream_.expires_after(kIdle);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](const beast::error_code& error,
                                                        std::size_t) { self->on_head(error); });
}

void Session::on_head(const beast::error_code& error) {
    if (error || parser_->is_done()) {
        on_request(error);
    } else if (expects_continue(parser_->get())) {
        beast::async_write(
            stream_, continue_answer(),
            [self = shared_from_this()](const beast::error_code& write_error, std::size_t) {
                if (!write_error) {
                    self->read_body();
                }
            });
    } else {
        read_body();
    }
}

void Session::read_body() {
    reserve_for_body(buffer_, *parser_);
    if (is_upload(parser_->get(), site_)) {
        upload_ = std::make_unique<UploadReader>(std::move(*parser_));
        read_upload();
        return;
    }
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                         self->on_request(error);
                     });
}

void Session::on_request(const beast::error_code& error) {
    if (error) {
        fail(error);
    } else {
        send(answer_to(std::move(parser_->get()), site_));
    }
}

void Session::read_upload() {
    upload_->next_piece();
    stream_.expires_after(kIdle);
    http::async_read(stream_, buffer_, upload_->parser(),
                     [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                         self->on_piece(error);
                     });
}

void Session::on_piece(const beast::error_code& error) {
    if (UploadReader::is_failure(error)) {
        fail(error);
        return;
    }
    upload_->take();
    if (upload_->parser().is_done()) {
        send(answer_to(*upload_, site_));
        upload_.reset();
    } else {
        read_upload();
    }
}

void Session::fail(const beast::error_code& error) {
    if (error == http::error::end_of_stream) {
        close();
    } else if (is_bad_request(error)) {
        write(refusal(error));
    }  // else the connection is gone
}

void Session::send(Answer answer) {
    if (answer.wait.count() == 0) {
        write(std::move(answer.message));
        return;
    }
    timer_.expires_after(answer.wait);
    timer_.async_wait([self = shared_from_this(), message = std::move(answer.message)](
                          const beast::error_code& error) mutable {
        if (!error) {
            self->stream_.expires_after(kIdle);  // that of the reading may have passed
            self->write(std::move(message));
        }
    });
}

void Session::write(http::message_generator answer) {
    const bool keep_alive = answer.keep_alive();
    beast::async_write(
        stream_, std::move(answer),
        [self = shared_from_this(), keep_alive](const beast::error_code& error, std::size_t) {
            if (error) {
                return;
            }
            if (keep_alive) {
                self->read_head();
            } else {
                self->close();
            }
        });
}

void Session::close() {
    beast::error_code ignored;  // the client may have gone first
    stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace benchhost::beast_server

#include "session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace benchhost::beast_server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

}  // namespace

Session::Session(boost::asio::ip::tcp::socket socket, const sdk::Site& site)
    : stream_(std::move(socket)), site_(site) {}

void Session::start() {
    boost::asio::dispatch(stream_.get_executor(),
                          beast::bind_front_handler(&Session::read, shared_from_this()));
}

void Session::read() {
    parser_.emplace();
    stream_.expires_after(kIdle);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                         self->on_read(error);
                     });
}

void Session::on_read(const beast::error_code& error) {
    if (!error) {
        write(answer_to(parser_->get(), site_));
    } else if (error == http::error::end_of_stream) {
        close();
    } else if (is_bad_request(error)) {
        write(refusal(error));
    }  // else the connection is gone
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
                self->read();
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

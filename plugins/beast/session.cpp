#include "session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/file_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace benchhost::beast_server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

/// How long a connection may be silent.
constexpr std::chrono::seconds kIdle{60};

http::message_generator answer_text(http::status status, std::string_view content_type,
                                    std::string body, unsigned version, bool keep_alive,
                                    bool head_only) {
    if (head_only) {
        http::response<http::empty_body> response(status, version);
        response.set(http::field::content_type, content_type);
        response.content_length(body.size());
        response.keep_alive(keep_alive);
        return response;
    }
    http::response<http::string_body> response(status, version, std::move(body));
    response.set(http::field::content_type, content_type);
    if (status == http::status::method_not_allowed) {
        response.set(http::field::allow, "GET, HEAD");
    }
    response.keep_alive(keep_alive);
    response.prepare_payload();
    return response;
}

std::string_view path_of(beast::string_view target) {
    const std::string_view text(target.data(), target.size());
    return text.substr(0, text.find('?'));
}

}  // namespace

Session::Session(boost::asio::ip::tcp::socket socket, const Site& site)
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
        write(answer_to(parser_->get()));
    } else if (error == http::error::end_of_stream) {
        close();
    } else if (error.category() == make_error_code(http::error::bad_method).category()) {
        // What came is no HTTP, or more of it than Beast's limits allow.
        write(answer_text(http::status::bad_request, "text/plain", error.message() + "\n", 11,
                          false, false));
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

http::message_generator Session::answer_to(const Request& request) const {
    const bool head_only = request.method() == http::verb::head;
    const auto answer = [&](http::status status, std::string_view content_type, std::string body) {
        return answer_text(status, content_type, std::move(body), request.version(),
                           request.keep_alive(), head_only);
    };
    const std::string_view path = path_of(request.target());
    const auto route = std::find_if(site_.routes.begin(), site_.routes.end(),
                                    [&](const auto& known) { return known.path == path; });
    if (route == site_.routes.end()) {
        return answer(http::status::not_found, "text/plain", "not found\n");
    }
    if (!head_only && request.method() != http::verb::get) {
        return answer(http::status::method_not_allowed, "text/plain", "only GET and HEAD\n");
    }
    if (route->kind == BH_ROUTE_FILE) {
        return answer_file(request, *route);
    }
    if (route->kind == BH_ROUTE_JSON) {
        std::string body;
        site_.json.append_to(body);
        return answer(http::status::ok, route->content_type, std::move(body));
    }
    return answer(http::status::ok, route->content_type, route->body);
}

http::message_generator Session::answer_file(const Request& request,
                                             const sdk::Route& route) const {
    http::file_body::value_type file;
    beast::error_code error;
    file.open(route.file.c_str(), beast::file_mode::scan, error);
    if (error) {
        return answer_text(http::status::internal_server_error, "text/plain",
                           error.message() + "\n", request.version(), request.keep_alive(), false);
    }
    const std::uint64_t size = file.size();
    if (request.method() == http::verb::head) {
        http::response<http::empty_body> response(http::status::ok, request.version());
        response.set(http::field::content_type, route.content_type);
        response.content_length(size);
        response.keep_alive(request.keep_alive());
        return response;
    }
    http::response<http::file_body> response(std::piecewise_construct,
                                             std::make_tuple(std::move(file)),
                                             std::make_tuple(http::status::ok, request.version()));
    response.set(http::field::content_type, route.content_type);
    response.content_length(size);
    response.keep_alive(request.keep_alive());
    return response;
}

}  // namespace benchhost::beast_server

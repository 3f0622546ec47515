#include "conversation.hpp"

#include "answers.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace benchhost::beast_server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;

/// Errors are part of what is awaited: none is thrown for each connection that ends.
constexpr auto kAwait = net::as_tuple(net::use_awaitable);

net::awaitable<void> converse(beast::tcp_stream stream, const sdk::Site& site) {
    beast::flat_buffer buffer;
    for (bool keep_alive = true; keep_alive;) {
        http::request_parser<http::string_body> parser;
        stream.expires_after(kIdle);
        const auto [read_error, read] = co_await http::async_read(stream, buffer, parser, kAwait);
        if (read_error && !is_bad_request(read_error)) {
            break;  // the client has gone
        }
        http::message_generator answer =
            read_error ? refusal(read_error) : answer_to(parser.get(), site);
        keep_alive = answer.keep_alive();
        const auto [write_error, written] =
            co_await beast::async_write(stream, std::move(answer), kAwait);
        if (write_error) {
            co_return;
        }
    }
    beast::error_code ignored;  // the client may have gone first
    stream.socket().shutdown(net::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace

void start_conversation(net::ip::tcp::socket socket, const sdk::Site& site) {
    beast::tcp_stream stream(std::move(socket));
    const auto executor = stream.get_executor();
    net::co_spawn(executor, converse(std::move(stream), site), net::detached);
}

}  // namespace benchhost::beast_server

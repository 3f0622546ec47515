#include "conversation.hpp"

#include "answers.hpp"
#include "upload_reader.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <optional>
#include <utility>

namespace benchhost::beast_server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;

/// Errors are part of what is awaited: none is thrown for each connection that ends.
constexpr auto kAwait = net::as_tuple(net::use_awaitable);

/// What the client gets when its request could not be read; nothing: it has gone.
std::optional<Answer> refused(const beast::error_code& error) {
    return is_bad_request(error) ? std::optional<Answer>(Answer{refusal(error)}) : std::nullopt;
}

net::awaitable<std::optional<Answer>> take_upload(beast::tcp_stream& stream,
                                                  beast::flat_buffer& buffer, Parser& head,
                                                  const sdk::Site& site) {
    UploadReader upload(std::move(head));
    while (!upload.parser().is_done()) {
        upload.next_piece();
        stream.expires_after(kIdle);
        const auto [error, size] =
            co_await http::async_read(stream, buffer, upload.parser(), kAwait);
        if (UploadReader::is_failure(error)) {
            co_return refused(error);
        }
        upload.take();
    }
    co_return answer_to(upload, site);
}

/// The answer to the next request; nothing: the client has gone.
net::awaitable<std::optional<Answer>> next_answer(beast::tcp_stream& stream,
                                                  beast::flat_buffer& buffer,
                                                  const sdk::Site& site) {
    Parser parser;
    parser.body_limit(sdk::kMostUpload);
    stream.expires_after(kIdle);
    const auto [head_error, head_size] =
        co_await http::async_read_header(stream, buffer, parser, kAwait);
    if (head_error) {
        co_return refused(head_error);
    }
    if (!parser.is_done()) {
        if (expects_continue(parser.get())) {
            const auto [write_error, written] =
                co_await beast::async_write(stream, continue_answer(), kAwait);
            if (write_error) {
                co_return std::nullopt;
            }
        }
        reserve_for_body(buffer, parser);
        if (is_upload(parser.get(), site)) {
            co_return co_await take_upload(stream, buffer, parser, site);
        }
        const auto [body_error, body_size] =
            co_await http::async_read(stream, buffer, parser, kAwait);
        if (body_error) {
            co_return refused(body_error);
        }
    }
    co_return answer_to(std::move(parser.get()), site);
}

net::awaitable<void> converse(beast::tcp_stream stream, const sdk::Site& site) {
    beast::flat_buffer buffer;
    for (bool keep_alive = true; keep_alive;) {
        std::optional<Answer> answer = co_await next_answer(stream, buffer, site);
        if (!answer) {
            break;
        }
        if (answer->wait.count() > 0) {
            net::steady_timer timer(stream.get_executor(), answer->wait);
            co_await timer.async_wait(kAwait);
            stream.expires_after(kIdle);  // that of the reading may have passed
        }
        keep_alive = answer->message.keep_alive();
        const auto [error, written] =
            co_await beast::async_write(stream, std::move(answer->message), kAwait);
        if (error) {
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

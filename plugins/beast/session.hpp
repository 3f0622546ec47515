// One connection of the beast plugin: reads a request, answers it, reads the next.
#pragma once

#include "answers.hpp"
#include "upload_reader.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message_generator.hpp>

#include <memory>
#include <optional>

namespace benchhost::beast_server {

/// Owned by its pending handler; runs on the strand of its socket.
class Session : public std::enable_shared_from_this<Session> {
  public:
    /// `site` outlives the io_context of `socket`.
    Session(boost::asio::ip::tcp::socket socket, const sdk::Site& site);
    void start();

  private:
    void read_head();
    void on_head(const boost::beast::error_code& error);
    void read_body();
    void on_request(const boost::beast::error_code& error);
    void read_upload();
    void on_piece(const boost::beast::error_code& error);
    void fail(const boost::beast::error_code& error);
    /// Now or later.
    void send(Answer answer);
    void write(boost::beast::http::message_generator answer);
    void close();

    boost::beast::tcp_stream stream_;
    const sdk::Site& site_;
    boost::beast::flat_buffer buffer_;
    /// Made anew for each request, as a parser cannot be used twice.
    std::optional<Parser> parser_;
    std::unique_ptr<UploadReader> upload_;
    boost::asio::steady_timer timer_;
};

}  // namespace benchhost::beast_server

// The body of an upload: read in pieces of which none is kept.
#pragma once

#include "answers.hpp"

#include <benchhost/upload.hpp>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace benchhost::beast_server {

/// Goes on where a parser has read the head. Until its own parser is done: next_piece(), async_read
/// into the parser, and take() if that did not fail.
class UploadReader {
  public:
    using BodyParser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

    explicit UploadReader(Parser&& head) : parser_(std::move(head)) {}

    /// Makes the room that the parser writes to.
    void next_piece() {
        parser_.get().body().data = piece_.data();
        parser_.get().body().size = piece_.size();
    }
    void take() { received_.add({piece_.data(), piece_.size() - parser_.get().body().size}); }

    /// need_buffer only says that a piece is full and more is to come.
    static bool is_failure(const boost::beast::error_code& error) {
        return error && error != boost::beast::http::error::need_buffer;
    }

    BodyParser& parser() { return parser_; }
    const BodyParser& parser() const { return parser_; }
    const sdk::Upload& received() const { return received_; }

  private:
    BodyParser parser_;
    std::array<char, 16'384> piece_{};
    sdk::Upload received_;
};

}  // namespace benchhost::beast_server

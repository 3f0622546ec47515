// What the servers of the beast plugin answer; how they read and write is their own.
#pragma once

#include <benchhost/site.hpp>

#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>

namespace benchhost::beast_server {

class UploadReader;

using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// How long a connection may be silent.
constexpr std::chrono::seconds kIdle{60};

struct Answer {
    boost::beast::http::message_generator message;
    std::chrono::milliseconds wait{0};  ///< to be sent so much later
};

/// Takes the body of an echo out of the request.
Answer answer_to(Request&& request, const sdk::Site& site);
Answer answer_to(const UploadReader& upload, const sdk::Site& site);

/// Whether the body of a request whose head was read is to be read by an UploadReader.
bool is_upload(const Request& head, const sdk::Site& site);

/// The client wants to hear this before it sends the body.
bool expects_continue(const Request& head);
boost::beast::http::message_generator continue_answer();

/// Room for the body that follows a head: by itself Beast reads half a KiB at a time.
void reserve_for_body(boost::beast::flat_buffer& buffer, const Parser& parser);

/// Whether what came was no HTTP, or more of it than the limits allow; else the connection is gone.
bool is_bad_request(const boost::beast::error_code& error);
boost::beast::http::message_generator refusal(const boost::beast::error_code& error);

}  // namespace benchhost::beast_server

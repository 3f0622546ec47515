// What the servers of the beast plugin answer; how they read and write is their own.
#pragma once

#include <benchhost/site.hpp>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>

namespace benchhost::beast_server {

using Request = boost::beast::http::request<boost::beast::http::string_body>;

/// How long a connection may be silent.
constexpr std::chrono::seconds kIdle{60};

boost::beast::http::message_generator answer_to(const Request& request, const sdk::Site& site);

/// Whether what came was no HTTP, or more of it than Beast's limits allow; else the connection is
/// gone.
bool is_bad_request(const boost::beast::error_code& error);
boost::beast::http::message_generator refusal(const boost::beast::error_code& error);

}  // namespace benchhost::beast_server

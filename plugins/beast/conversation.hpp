// One connection of the server beast-coro: the same as Session, written as a coroutine.
#pragma once

#include <benchhost/site.hpp>

#include <boost/asio/ip/tcp.hpp>

namespace benchhost::beast_server {

/// Answers requests until the connection ends; `site` outlives the io_context of `socket`.
void start_conversation(boost::asio::ip::tcp::socket socket, const sdk::Site& site);

}  // namespace benchhost::beast_server

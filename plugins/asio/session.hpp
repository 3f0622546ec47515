// One connection of the asio plugin: reads requests, answers them in order, sends files.
#pragma once

#include "request.hpp"

#include <benchhost/site.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace benchhost::asio_server {

/// Owned by the handler that waits for its socket: when none is left, the connection closes. Runs
/// on the one thread of its io_context.
class Session : public std::enable_shared_from_this<Session> {
  public:
    /// `site` outlives the io_context of `socket`.
    Session(boost::asio::ip::tcp::socket socket, const sdk::Site& site);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void start();

  private:
    enum class Progress { done, blocked, failed };

    void read();
    /// Answers what has been read until there is nothing left to answer or the socket is full.
    void run();
    void append_answers();
    void answer(const Request& request);
    void answer_file(const Request& request, const sdk::Reply& reply);
    void refuse(unsigned status);
    void append_head(unsigned status, std::string_view content_type, std::uint64_t size,
                     const Request& request);
    Progress flush();
    void wait_until_writable();
    /// Waits for the client's end of file, so that our last answer is not lost to a reset.
    void linger();

    boost::asio::ip::tcp::socket socket_;
    const sdk::Site& site_;
    std::array<char, 8192> in_{};  ///< the longest head that is accepted
    std::size_t filled_ = 0;
    std::uint64_t skip_ = 0;  ///< bytes of a request's body still to be dropped
    std::string out_;
    std::size_t sent_ = 0;
    std::string json_;  ///< scratch
    int file_ = -1;
    std::uint64_t file_left_ = 0;
    bool closing_ = false;
};

}  // namespace benchhost::asio_server

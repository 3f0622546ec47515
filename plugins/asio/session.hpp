// One connection of the asio plugin: reads requests, answers them in order, sends files.
#pragma once

#include "body.hpp"
#include "request.hpp"

#include <benchhost/site.hpp>
#include <benchhost/upload.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace benchhost::asio_server {

/// Owned by the handler that waits for its socket or its timer: when none is left, the connection
/// closes. Runs on the one thread of its io_context.
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

    /// A request whose body is still coming.
    struct Posted {
        enum class Use { dropped, kept, summed };
        std::string head;  ///< what the views of `request` point into
        Request request;
        Body body;
        Use use = Use::dropped;
        std::string content;  ///< when kept
        sdk::Upload upload;   ///< when summed
    };

    void read();
    /// Answers what has been read until there is nothing left to answer or the socket is full.
    void run();
    void append_answers();
    /// Of a request that may have a body; `is_waited_for`: none of it has come yet.
    void begin_body(const Request& request, bool is_waited_for);
    /// How many of `bytes` belong to the body. Answers at its end.
    std::size_t take_body(std::string_view bytes);
    void end_body();
    void answer(const Request& request);
    void answer_file(const Request& request, const sdk::Reply& reply);
    void refuse(unsigned status);
    Progress flush();
    void wait_until_writable();
    /// Until the answer in later_ is due.
    void wait_until_due();
    /// Waits for the client's end of file, so that our last answer is not lost to a reset.
    void linger();

    boost::asio::ip::tcp::socket socket_;
    const sdk::Site& site_;
    std::array<char, 8192> in_{};  ///< the longest head that is accepted
    std::size_t filled_ = 0;
    Posted posted_;
    std::string out_;
    std::size_t sent_ = 0;
    std::string text_;   ///< scratch
    std::string later_;  ///< an answer that is not due yet
    bool is_waiting_ = false;
    boost::asio::steady_timer timer_;
    int file_ = -1;
    std::uint64_t file_left_ = 0;
    bool closing_ = false;
};

}  // namespace benchhost::asio_server

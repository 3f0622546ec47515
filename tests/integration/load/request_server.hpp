// A server whose answers the test makes, request by request.
#pragma once

#include "core/servers/listener.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace benchhost::load {

/// A request as it came.
struct AskedRequest {
    std::string method;
    std::string target;
    std::string head;  ///< with the request line
    std::string body;
    std::size_t connection = 0;  ///< of those that were accepted, from 0
    std::size_t nth = 0;         ///< on its connection, from 0
};

/// The bytes of an answer; afterwards the connection ends or stays.
struct Reply {
    std::string bytes;
    bool ends = false;
};

/// "HTTP/1.1 200 OK" with this body.
Reply right(const std::string& body);

/// Answers from its construction to stop() (or the destructor), one request after the other, on a
/// thread of its own. What the answers have counted may be read after stop().
class RequestServer {
  public:
    using Answer = std::function<Reply(const AskedRequest&)>;

    /// On a free port of the loopback.
    explicit RequestServer(Answer answer);
    /// Takes at most so many bytes out of a socket at once.
    RequestServer(servers::Listener listener, std::size_t at_once, Answer answer);
    ~RequestServer();
    RequestServer(const RequestServer&) = delete;
    RequestServer& operator=(const RequestServer&) = delete;

    const http::Target& target() const { return target_; }

    /// Drops every connection and joins the thread.
    void stop();

  private:
    class Loop;

    http::Target target_;
    std::unique_ptr<Loop> loop_;
    std::thread thread_;
};

}  // namespace benchhost::load

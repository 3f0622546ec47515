// A server of the test's own making: a thread for each connection, and an answer for each request.
#pragma once

#include "core/servers/listener.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace benchhost::conformance {

struct Asked {
    std::string method;
    std::string target;
    std::string head;  ///< with the request line
    std::string body;  ///< decoded
};

/// The bytes to send. Several connections ask at once.
using Answering = std::function<std::string(const Asked&)>;

/// Listens on a free port from its construction to its destruction, which waits for the clients to
/// close their connections.
class AnsweringServer {
  public:
    explicit AnsweringServer(Answering answering);
    ~AnsweringServer();
    AnsweringServer(const AnsweringServer&) = delete;
    AnsweringServer& operator=(const AnsweringServer&) = delete;

    const http::Target& target() const { return listener_.target; }

  private:
    void accept_all();
    void talk(int socket) const;

    Answering answering_;
    servers::Listener listener_;
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> connections_;  ///< of the acceptor, while it runs
    std::thread acceptor_;
};

/// "HTTP/1.1 200 OK" and so on; `fields` such as "Content-Encoding: gzip\r\n".
std::string answer_of(unsigned status, const std::string& type, const std::string& body,
                      const std::string& fields = "");

}  // namespace benchhost::conformance

// An HTTP server that misbehaves in one chosen way and counts what reached it.
#pragma once

#include "core/base/unique_fd.hpp"
#include "core/load/load.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace benchhost::selftest {

enum class Behaviour {
    right,                ///< 200 with the body and Content-Length
    refuse,               ///< the port is bound and nobody listens
    accept_then_reset,    ///< RST as soon as the connection is accepted
    reset_in_body,        ///< head and half of the body, then RST
    short_body_then_fin,  ///< head and half of the body, then FIN
    garbage_status,       ///< something that is not HTTP
    endless_headers,      ///< header lines until the client goes
    endless_body,         ///< chunks until the client goes
    wrong_body_same_length,
    wrong_length,           ///< a complete answer whose body lacks the last byte
    extra_byte,             ///< the right answer and one byte more than its Content-Length says
    status_503,             ///< with the right body
    silence,                ///< requests are read and never answered
    dribble,                ///< the right answer, one byte a write
    chunk_split_each_byte,  ///< one byte a chunk and one byte a write
    chunked,                ///< two chunks with an extension and a trailer, in one write
    continue_100_first,     ///< 100 Continue, then the right answer
    http10_close,           ///< HTTP/1.0, no length: the body ends at FIN
    http10_keep_alive,      ///< HTTP/1.0 with Connection: Keep-Alive and a length
    no_content_204,
    not_modified_304,   ///< with the Content-Length of the body it does not send
    close_each_time,    ///< the right answer with Connection: close, then FIN
    close_unannounced,  ///< the right answer as if to keep the connection, then FIN
};
inline constexpr std::array kAllBehaviours{
    Behaviour::right,
    Behaviour::refuse,
    Behaviour::accept_then_reset,
    Behaviour::reset_in_body,
    Behaviour::short_body_then_fin,
    Behaviour::garbage_status,
    Behaviour::endless_headers,
    Behaviour::endless_body,
    Behaviour::wrong_body_same_length,
    Behaviour::wrong_length,
    Behaviour::extra_byte,
    Behaviour::status_503,
    Behaviour::silence,
    Behaviour::dribble,
    Behaviour::chunk_split_each_byte,
    Behaviour::chunked,
    Behaviour::continue_100_first,
    Behaviour::http10_close,
    Behaviour::http10_keep_alive,
    Behaviour::no_content_204,
    Behaviour::not_modified_304,
    Behaviour::close_each_time,
    Behaviour::close_unannounced,
};
std::string_view to_string(Behaviour behaviour);

/// Where it listens: loopback with a free port, or a socket file of its own in the temporary
/// folder.
enum class Listen { ipv4, ipv6, unix_socket };

/// Listens from the constructor to stop() (or the destructor) on a thread of its own; throws when
/// it cannot. Every request is answered, however many are pipelined. Counters may be read at any
/// time from any thread; after stop() they are final.
class FaultServer {
  public:
    static constexpr std::string_view kBody = "Hello World!";

    explicit FaultServer(Behaviour behaviour, const std::string& body = std::string(kBody),
                         Listen listen = Listen::ipv4);
    ~FaultServer();
    FaultServer(const FaultServer&) = delete;
    FaultServer& operator=(const FaultServer&) = delete;

    http::Target target(const std::string& path = "/text") const;
    std::string url(const std::string& path = "/text") const;

    std::uint64_t connections() const { return counters_.connections; }
    /// Whole request heads that were read.
    std::uint64_t requests() const { return counters_.requests; }
    /// Requests whose scripted answer was written to its end.
    std::uint64_t answers() const { return counters_.answers; }

    /// Drops every connection and joins the thread.
    void stop();

    struct Counters {
        std::atomic<std::uint64_t> connections{0};
        std::atomic<std::uint64_t> requests{0};
        std::atomic<std::uint64_t> answers{0};
    };

  private:
    class Loop;

    Counters counters_;
    Listen listen_;
    std::string unix_path_;
    std::uint16_t port_ = 0;
    UniqueFd refusing_;  // bound, not listening: keeps the port from anyone else
    std::unique_ptr<Loop> loop_;
    std::thread thread_;
};

}  // namespace benchhost::selftest

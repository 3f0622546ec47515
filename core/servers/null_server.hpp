// A server that does nothing but answer: what the generator can do at most on this machine.
#pragma once

#include "core/base/result.hpp"
#include "core/servers/listener.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace benchhost::servers {

/// Answers each request (everything up to an empty line) with the same bytes, as fast as one thread
/// can. Runs on a thread of its own from start() to destruction. Knows nothing of HTTP beyond that:
/// no bodies in requests, never closes.
class NullServer {
  public:
    struct Options {
        std::string answer;           ///< header and body; see canned_answer()
        std::optional<unsigned> cpu;  ///< pinned there
    };

    static Result<std::unique_ptr<NullServer>> start(Listener listener, Options options);

    ~NullServer();
    NullServer(const NullServer&) = delete;
    NullServer& operator=(const NullServer&) = delete;
    NullServer(NullServer&&) = delete;
    NullServer& operator=(NullServer&&) = delete;

    const http::Target& target() const { return listener_.target; }
    /// Requests read in full so far; any thread.
    std::uint64_t requests() const { return requests_.load(std::memory_order_relaxed); }

  private:
    NullServer(Listener listener, Options options);
    void serve();

    Listener listener_;
    Options options_;
    UniqueFd epoll_;
    UniqueFd stop_;
    std::atomic<std::uint64_t> requests_{0};
    std::thread thread_;
};

/// "HTTP/1.1 200 OK" with Content-Length, Date and `body`.
std::string canned_answer(std::string_view body);

}  // namespace benchhost::servers

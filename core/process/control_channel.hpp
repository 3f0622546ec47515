// One end of the socket pair between benchhost and a supervisor, or a supervisor and its server.
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace benchhost::process {

/// Bytes of a message, about as much as Linux sends at once. That of a start carries the texts of a
/// config, of which a file has at most a megabyte; everything else is far shorter.
inline constexpr std::size_t kLongestMessage = std::size_t{4} * 1024 * 1024;

/// Sends and receives whole messages (SOCK_SEQPACKET): a message arrives entire or not at all, in
/// order, and the other end's death is seen as a hang-up. Never raises SIGPIPE. send() may be used
/// from any thread, the rest from one.
class ControlChannel {
  public:
    /// Both ends of a new pair, close-on-exec.
    static Result<std::pair<ControlChannel, ControlChannel>> make_pair();

    explicit ControlChannel(UniqueFd socket) : socket_(std::move(socket)) {}

    int fd() const { return socket_.get(); }
    bool is_open() const { return socket_.is_open(); }
    void close() { socket_.reset(); }

    /// Never blocks: a peer that does not read its messages is an error, as is one that is gone.
    Status send(const std::string& message) const;

    enum class Silence { timed_out, hung_up };
    struct Received {
        std::optional<std::string> message;
        Silence silence = Silence::timed_out;  ///< why there is no message
    };
    /// The next message, waiting until `deadline`; a deadline in the past only looks. Of one beyond
    /// kLongestMessage, which only a plugin can send, the beginning.
    Received receive(std::chrono::steady_clock::time_point deadline) const;

  private:
    UniqueFd socket_;
};

}  // namespace benchhost::process

// A subreaper's view of the processes below it: who has ended, and how to end them all.
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <vector>

namespace benchhost::process {

/// Makes this process the one that inherits every orphan below it, and collects those that end.
/// For a process with one thread that has no other children: the supervisor.
class Reaper {
  public:
    /// Becomes subreaper and takes SIGCHLD and the ending signals from now on by fd().
    Status begin();

    /// For poll(): readable when a child has ended or somebody wants us to end.
    int fd() const { return signals_.get(); }
    /// Reads what came and reaps; true when a signal asks this process to end.
    bool take_signals();

    void set_server(pid_t server) { server_ = server; }
    bool has_server() const { return server_.has_value(); }
    /// Nothing happens without a server.
    void signal_server(int signal) const;
    void signal_group(int signal) const;  ///< everything in the server's process group
    /// The server's wait status, once it has ended.
    std::optional<int> server_status() const { return status_; }

    /// Whether a child is left after all that have ended were collected.
    bool reap();

    /// The living processes below us.
    std::vector<pid_t> tree() const;

    /// Waits for a child to end, at most until `deadline`.
    void pause(std::chrono::steady_clock::time_point deadline);

    /// SIGKILL to everything below us until nothing is left; false when some of it would not die.
    bool kill_tree();

  private:
    UniqueFd signals_;
    std::optional<pid_t> server_;
    std::optional<int> status_;
};

}  // namespace benchhost::process

// A server under test in a process tree of its own: started, watched, sampled, stopped.
#pragma once

#include "core/base/described.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/machine/usage.hpp"
#include "core/machine/user.hpp"
#include "core/model/process_limits.hpp"
#include "core/model/route.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::process {

/// How far a server has come. As the stage of a fault: the step that it failed to complete, so
/// "configured" is a plugin that could not be loaded, created or configured.
BOOST_DEFINE_ENUM_CLASS(Stage, spawned, configured, ready, serving, stopping, exited)

/// Where a server listens: a TCP port or, when it is not empty, a unix socket.
struct ListeningPlace {
    std::uint16_t port = 0;
    std::string unix_socket;
};
BOOST_DESCRIBE_STRUCT(ListeningPlace, (), (port, unix_socket))

/// The longest that each of them may take.
struct StageTimeouts {
    Nanoseconds spawned = std::chrono::seconds(60);  ///< nothing of the plugin's: it is the machine
    Nanoseconds configured = std::chrono::seconds(10);
    Nanoseconds ready = std::chrono::seconds(15);
    Nanoseconds stopping = std::chrono::seconds(5);
};
BOOST_DESCRIBE_STRUCT(StageTimeouts, (), (spawned, configured, ready, stopping))

struct StartRequest {
    std::filesystem::path serve_executable;  ///< benchhost-serve
    std::filesystem::path plugin;            ///< the .so
    std::string server;                      ///< id within the plugin
    std::vector<std::pair<std::string, std::string>> options;
    std::vector<model::RouteContent> routes;  ///< without the content of files
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    unsigned threads = 1;
    model::ProcessLimits limits;
    std::optional<machine::User> user;  ///< as whom the server runs; absent: as we do
    /// The trial's own folder: its working directory, and server.log once it has ended. Empty: ours
    /// and no file.
    std::filesystem::path directory;
    bool echo_log = false;  ///< also copies what the server prints to our stderr, as it comes
    StageTimeouts timeouts;
};
BOOST_DESCRIBE_STRUCT(StartRequest, (),
                      (serve_executable, plugin, server, options, routes, address, port, threads,
                       limits, user, directory, echo_log, timeouts))

/// Why a server is not (or no longer) running.
struct ServerFault {
    Stage stage = Stage::spawned;
    std::string reason;  ///< "killed by SIGSEGV", "did not get ready within 15 s", ...
    std::vector<std::string> log_tail;  ///< the last lines it wrote
};

/// Called by result::value() on a fault, which is a bug outside of tests.
[[noreturn]] void throw_exception_from_error(const ServerFault& fault,
                                             const boost::source_location& where);

/// What the server of a plugin has not given back when it was destroyed.
struct Leftovers {
    std::vector<std::string> descriptors;  ///< as /proc names them: "socket:[4711]", a path
    std::uint64_t threads = 0;
    /// Threads ran as soon as the library was loaded: a language's runtime that keeps its own.
    bool own_runtime = false;
};
BOOST_DESCRIBE_STRUCT(Leftovers, (), (descriptors, threads, own_runtime))

struct StopReport {
    bool clean = false;      ///< it ended by itself after the first signals, all of it
    bool killed = false;     ///< it did not end within the limit
    std::string how;         ///< "exited with 0", "ended by SIGTERM", "killed after 5 s"
    bool tree_gone = false;  ///< no process of it is left
    Nanoseconds took{};
    std::vector<std::string> survivors;  ///< processes that outlived the server, then killed
    std::uint64_t printed = 0;           ///< bytes that it wrote to stdout and stderr in its life
    std::optional<Leftovers> left;  ///< absent for a program, and when destroy() was not reached
    /// "the limit of 50 processes and threads was reached 3 times"
    std::optional<std::string> processes_refused;
    std::optional<ServerFault> fault;  ///< it had ended before it was asked to, and why
};

/// Owns the whole tree: a supervisor (benchhost-serve, child subreaper) and below it the server.
/// The destructor kills whatever is left. When this process dies, even by SIGKILL, the supervisor
/// sees its control channel close and kills the tree. One thread.
class ServerProcess {
  public:
    /// Spawns, configures and waits until the server says that it is ready.
    static boost::system::result<ServerProcess, ServerFault> start(const StartRequest& request);

    ServerProcess(ServerProcess&&) noexcept;
    ServerProcess& operator=(ServerProcess&&) noexcept;
    ~ServerProcess();

    const ListeningPlace& place() const;
    std::uint16_t port() const { return place().port; }
    pid_t pid() const;  ///< of the server itself, not of the supervisor

    /// The fault when the server has ended or reported one since; does not block.
    std::optional<ServerFault> fault();

    Result<machine::TreeUsage> usage(bool with_pss) const;
    std::vector<std::string> log_tail() const;
    /// "nofile" -> "20000", "memory" -> "1GiB (cgroup v1)" or "not enforced: ...", "cpus" -> "1"
    const std::map<std::string, std::string>& effective_limits() const;

    /// stop message, SIGTERM to the group, again, SIGKILL to the tree; returns when all are gone.
    StopReport stop();

  private:
    struct Impl;
    explicit ServerProcess(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace benchhost::process

// What benchhost, a supervisor and a server child say to each other: one JSON object a message,
// with all bytes of texts as they are. A message that lacks something is an error of code internal.
#pragma once

#include "core/base/described.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/process/server_process.hpp"

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::process {

/// The first message to a supervisor.
std::string encode(const StartRequest& request);
Result<StartRequest> decode_start_request(const std::string& message);

/// What benchhost asks of a supervisor later.
struct Command {
    enum class Kind { stop, kill, log };
    BOOST_DESCRIBE_NESTED_ENUM(Kind, stop, kill, log)
    Kind kind = Kind::stop;
    Nanoseconds patience{};  ///< stop: how long until SIGKILL
};
BOOST_DESCRIBE_STRUCT(Command, (), (kind, patience))
std::string encode(const Command& command);
Result<Command> decode_command(const std::string& message);

/// How a server's tree ended, as its supervisor saw it.
struct TreeEnd {
    std::string outcome;      ///< "exited with status 3", "killed by SIGSEGV"
    bool by_sigterm = false;  ///< the server died of the SIGTERM that was asked for
    bool exited_zero = false;
    bool forced = false;                 ///< the supervisor had to SIGKILL the server
    bool after_stop = false;             ///< it ended after a stop was asked for
    bool tree_gone = false;              ///< no process of it is left
    std::vector<std::string> survivors;  ///< names of those that outlived the server, then killed
    std::optional<std::string> out_of_memory;  ///< "limit 64MiB" when the kernel killed for it
    std::uint64_t printed = 0;                 ///< bytes, to stdout and stderr
    std::vector<std::string> listening;        ///< where the tree listened before it was killed
    std::vector<std::string> unseen;           ///< of its processes, those not to be looked into
    bool asked_name_server = false;            ///< it was waiting for one then
    /// "the limit of 50 processes and threads was reached 3 times"
    std::optional<std::string> processes_refused;
};
BOOST_DESCRIBE_STRUCT(TreeEnd, (),
                      (outcome, by_sigterm, exited_zero, forced, after_stop, tree_gone, survivors,
                       out_of_memory, printed, listening, unseen, asked_name_server,
                       processes_refused))

/// What a server child tells its supervisor, and a supervisor benchhost.
struct Event {
    enum class Kind {
        spawned,     ///< pid, limits
        configured,  ///< the plugin is loaded, created and configured
        executing,   ///< place: the child is about to become the server's own program
        ready,       ///< place
        failed,      ///< stage, reason: the child ends by itself next
        exited,      ///< end, log: the last message
        log,         ///< log
        destroyed    ///< left: the plugin's server has been stopped and destroyed
    };
    BOOST_DESCRIBE_NESTED_ENUM(Kind, spawned, configured, executing, ready, failed, exited, log,
                               destroyed)
    Kind kind = Kind::failed;
    pid_t pid = 0;
    ListeningPlace place;
    Stage stage = Stage::spawned;
    std::string reason;
    std::map<std::string, std::string> limits;
    std::vector<std::string> log;
    std::optional<TreeEnd> end;
    std::optional<Leftovers> left;
};
BOOST_DESCRIBE_STRUCT(Event, (), (kind, pid, place, stage, reason, limits, log, end, left))
std::string encode(const Event& event);
Result<Event> decode_event(const std::string& message);

}  // namespace benchhost::process

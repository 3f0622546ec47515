// Where a process tree listens, seen without connecting to it, and whose a listening socket is.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <iosfwd>
#include <set>
#include <string>
#include <vector>

namespace benchhost::machine {

struct Listener {
    std::string address;  ///< that it is bound to: "127.0.0.1", "::"
    std::uint16_t port = 0;
    std::uint64_t inode = 0;  ///< of the socket
};

/// The listening sockets in the text of /proc/net/tcp or tcp6.
std::vector<Listener> parse_listeners(const std::string& table);

/// All listening TCP sockets of this network namespace.
std::vector<Listener> read_listeners();

/// Those of `listeners` that a connection to `address` and `port` may meet: as the kernel chooses,
/// what is bound to the very address goes before what is bound to all. For a text that is no IP
/// address, or stands for all of them, whatever listens on the port.
std::vector<Listener> listeners_met(const std::vector<Listener>& listeners,
                                    const std::string& address, std::uint16_t port);

/// Who has the listening sockets that a connection would meet.
enum class SocketOwner {
    nobody,  ///< there are none
    theirs,  ///< all are held by processes that were asked about
    other,   ///< some are not
    unseen   ///< some are not as far as can be seen: one of the processes may not be looked into
};

SocketOwner owner_of_port(const std::vector<pid_t>& pids, const std::string& address,
                          std::uint16_t port);

/// The sockets in a text like /proc/net/unix that listen and were bound to `path`.
std::vector<std::uint64_t> parse_unix_listeners(std::istream& table, const std::string& path);
SocketOwner owner_of_unix_socket(const std::vector<pid_t>& pids, const std::string& path);

/// Those of `pids` whose descriptors may not be seen: without being root those of another user, of
/// one with more privileges, or of a process that has made itself undumpable.
std::vector<pid_t> unseen_among(const std::vector<pid_t>& pids);

/// The sockets in a text like /proc/net/udp whose other end is port 53.
std::set<std::uint64_t> parse_resolver_sockets(std::istream& table);
/// Whether a process of `pids` has asked a name server and holds the socket still.
bool asks_name_server(const std::vector<pid_t>& pids);

/// Where `pids` listen, "127.0.0.1:8080" or "[::]:8080", as far as they may be looked into.
std::vector<std::string> listening_places(const std::vector<pid_t>& pids);

}  // namespace benchhost::machine

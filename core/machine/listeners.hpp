// Which TCP ports a process tree listens on, seen without connecting to any.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <iosfwd>
#include <set>
#include <string>
#include <vector>

namespace benchhost::machine {

struct Listener {
    std::uint16_t port = 0;
    std::uint64_t inode = 0;  ///< of the socket
};

/// The listening sockets in the text of /proc/net/tcp or tcp6.
std::vector<Listener> parse_listeners(const std::string& table);

/// All listening TCP sockets of this network namespace.
std::vector<Listener> read_listeners();

/// Whether a process of `pids` holds a listening socket on `port`. A tree whose descriptors may not
/// be read is believed when anybody listens there.
bool listens_on(const std::vector<pid_t>& pids, std::uint16_t port);

/// Whether a text like /proc/net/unix has a listening socket that was bound to `path`.
bool has_unix_listener(std::istream& table, const std::string& path);
/// Whether anybody in this network namespace listens on the unix socket `path`.
bool listens_on_unix(const std::string& path);

/// The sockets in a text like /proc/net/udp whose other end is port 53.
std::set<std::uint64_t> parse_resolver_sockets(std::istream& table);
/// Whether a process of `pids` has asked a name server and holds the socket still.
bool asks_name_server(const std::vector<pid_t>& pids);

/// The ports that `pids` listen on, ascending.
std::vector<std::uint16_t> listening_ports(const std::vector<pid_t>& pids);

}  // namespace benchhost::machine

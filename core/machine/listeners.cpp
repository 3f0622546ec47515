#include "core/machine/listeners.hpp"

#include "core/machine/proc_file.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

namespace benchhost::machine {
namespace {

constexpr const char* kStateListen = "0A";

std::optional<Listener> parse_row(const std::string& row) {
    // slot local:port remote:port state queues timer retransmits uid timeout inode ...
    std::istringstream fields(row);
    std::string slot;
    std::string local;
    std::string remote;
    std::string state;
    std::string skipped;
    Listener listener;
    fields >> slot >> local >> remote >> state;
    for (int i = 0; i < 5; ++i) {
        fields >> skipped;
    }
    fields >> listener.inode;
    const auto colon = local.rfind(':');
    if (!fields || state != kStateListen || colon == std::string::npos) {
        return std::nullopt;
    }
    const auto parsed =
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), listener.port, 16);
    return parsed.ec == std::errc{} ? std::optional(listener) : std::nullopt;
}

void append_listeners(std::istream& table, std::vector<Listener>& listeners) {
    std::string row;
    std::getline(table, row);  // the heading
    while (std::getline(table, row)) {
        const auto listener = parse_row(row);
        if (!listener) {
            return;  // the kernel lists listeners first; thousands of other sockets may follow
        }
        listeners.push_back(*listener);
    }
}

struct OwnedSockets {
    std::set<std::uint64_t> inodes;
    bool complete = true;  // every process let us look
};

OwnedSockets owned_sockets(const std::vector<pid_t>& pids) {
    OwnedSockets owned;
    for (const pid_t pid : pids) {
        const std::string directory = fmt::format("/proc/{}/fd", pid);
        if (::access(directory.c_str(), R_OK | X_OK) != 0 && errno == EACCES) {
            owned.complete = false;
        }
        for (const pid_t descriptor : numbered_entries(directory)) {
            std::array<char, 64> target{};
            const auto length = ::readlink(fmt::format("{}/{}", directory, descriptor).c_str(),
                                           target.data(), target.size());
            const std::string_view link(target.data(),
                                        static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
            constexpr std::string_view kPrefix = "socket:[";
            std::uint64_t inode = 0;
            if (link.starts_with(kPrefix) &&
                std::from_chars(link.data() + kPrefix.size(), link.data() + link.size(), inode)
                        .ec == std::errc{}) {
                owned.inodes.insert(inode);
            }
        }
    }
    return owned;
}

}  // namespace

std::vector<Listener> parse_listeners(const std::string& table) {
    std::vector<Listener> listeners;
    std::istringstream rows(table);
    append_listeners(rows, listeners);
    return listeners;
}

std::vector<Listener> read_listeners() {
    std::vector<Listener> listeners;
    for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream table(path);
        append_listeners(table, listeners);
    }
    return listeners;
}

bool listens_on(const std::vector<pid_t>& pids, std::uint16_t port) {
    std::vector<Listener> candidates;
    for (const auto& listener : read_listeners()) {
        if (listener.port == port) {
            candidates.push_back(listener);
        }
    }
    if (candidates.empty()) {
        return false;
    }
    const auto owned = owned_sockets(pids);
    return !owned.complete ||
           std::any_of(candidates.begin(), candidates.end(), [&](const Listener& candidate) {
               return owned.inodes.count(candidate.inode) > 0;
           });
}

bool has_unix_listener(std::istream& table, const std::string& path) {
    // Num RefCount Protocol Flags Type St Inode Path
    constexpr unsigned long kAcceptsConnections = 0x10000;  // __SO_ACCEPTCON of <linux/net.h>
    std::string row;
    std::getline(table, row);  // the heading
    while (std::getline(table, row)) {
        std::istringstream fields(row);
        std::string skipped;
        unsigned long flags = 0;
        std::string bound_to;
        fields >> skipped >> skipped >> skipped >> std::hex >> flags >> std::dec;
        fields >> skipped >> skipped >> skipped >> std::ws;
        std::getline(fields, bound_to);
        if ((flags & kAcceptsConnections) != 0 && bound_to == path) {
            return true;
        }
    }
    return false;
}

bool listens_on_unix(const std::string& path) {
    std::ifstream table("/proc/net/unix");
    return has_unix_listener(table, path);
}

std::set<std::uint64_t> parse_resolver_sockets(std::istream& table) {
    constexpr const char* kNameServerPort = ":0035";
    std::set<std::uint64_t> inodes;
    std::string row;
    std::getline(table, row);  // the heading
    while (std::getline(table, row)) {
        // slot local:port remote:port state queues timer retransmits uid timeout inode ...
        std::istringstream fields(row);
        std::string skipped;
        std::string remote;
        std::uint64_t inode = 0;
        fields >> skipped >> skipped >> remote;
        for (int i = 0; i < 6; ++i) {
            fields >> skipped;
        }
        if (fields >> inode && remote.ends_with(kNameServerPort)) {
            inodes.insert(inode);
        }
    }
    return inodes;
}

bool asks_name_server(const std::vector<pid_t>& pids) {
    const auto owned = owned_sockets(pids);
    for (const char* path : {"/proc/net/udp", "/proc/net/udp6"}) {
        std::ifstream table(path);
        for (const auto inode : parse_resolver_sockets(table)) {
            if (owned.inodes.count(inode) > 0) {
                return true;
            }
        }
    }
    return false;
}

std::vector<std::uint16_t> listening_ports(const std::vector<pid_t>& pids) {
    const auto owned = owned_sockets(pids);
    std::set<std::uint16_t> ports;
    for (const auto& listener : read_listeners()) {
        if (owned.inodes.count(listener.inode) > 0) {
            ports.insert(listener.port);
        }
    }
    return {ports.begin(), ports.end()};
}

}  // namespace benchhost::machine

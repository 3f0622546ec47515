// Limits of this machine's network that a load can run into, and what they explain.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace benchhost::machine {

/// Connections that found the queue of a listener full since boot, in this network namespace, from
/// the text of /proc/net/netstat.
std::optional<std::uint64_t> parse_listen_overflows(const std::string& netstat);
std::optional<std::uint64_t> read_listen_overflows();

/// The table of a firewall that tracks connections: what finds it full is dropped without a word.
struct Conntrack {
    std::uint64_t count = 0;
    std::uint64_t most = 0;
    double share() const { return static_cast<double>(count) / static_cast<double>(most); }
    /// As good as: entries come and go while it is read.
    bool full() const { return share() >= 0.95; }
};
/// From the files of `folder`; nothing where no connections are tracked.
std::optional<Conntrack> read_conntrack(
    const std::filesystem::path& folder = "/proc/sys/net/netfilter");

/// "; the table of ..." for a failure to connect, when the table is full; else empty.
std::string conntrack_hint(const std::optional<Conntrack>& conntrack);

}  // namespace benchhost::machine

#include "core/machine/listeners.hpp"

#include "core/base/unique_fd.hpp"
#include "core/machine/proc_file.hpp"
#include "core/machine/process_tree.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

namespace benchhost::machine {
namespace {

constexpr const char* kStateListen = "0A";

// "0100007F", or four of these words: 32 bits each, written as this machine reads them.
std::optional<std::string> address_in_table(std::string_view text) {
    constexpr std::size_t kDigits = 8;
    std::array<std::uint32_t, 4> words{};
    const bool is_v4 = text.size() == kDigits;
    if (!is_v4 && text.size() != kDigits * words.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i * kDigits < text.size(); ++i) {
        const auto word = text.substr(i * kDigits, kDigits);
        const auto parsed = std::from_chars(word.data(), word.data() + kDigits, words[i], 16);
        if (parsed.ec != std::errc{} || parsed.ptr != word.data() + kDigits) {
            return std::nullopt;
        }
    }
    std::array<char, INET6_ADDRSTRLEN> shown{};
    return ::inet_ntop(is_v4 ? AF_INET : AF_INET6, words.data(), shown.data(),
                       static_cast<socklen_t>(shown.size())) != nullptr
               ? std::optional<std::string>(shown.data())
               : std::nullopt;
}

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
    auto address = address_in_table(std::string_view(local).substr(0, colon));
    const auto parsed =
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), listener.port, 16);
    if (!address || parsed.ec != std::errc{}) {
        return std::nullopt;
    }
    listener.address = std::move(*address);
    return listener;
}

void append_listeners(std::istream& table, std::vector<Listener>& listeners) {
    std::string row;
    std::getline(table, row);  // the heading
    while (std::getline(table, row)) {
        auto listener = parse_row(row);
        if (!listener) {
            return;  // the kernel lists listeners first; thousands of other sockets may follow
        }
        listeners.push_back(std::move(*listener));
    }
}

// "::1" for "0:0:0:0:0:0:0:1"; nothing for what is no address.
std::string canonical_address(const std::string& text) {
    std::array<char, INET6_ADDRSTRLEN> shown{};
    std::array<unsigned char, sizeof(in6_addr)> address{};
    for (const int family : {AF_INET, AF_INET6}) {
        if (::inet_pton(family, text.c_str(), address.data()) == 1) {
            ::inet_ntop(family, address.data(), shown.data(), static_cast<socklen_t>(shown.size()));
        }
    }
    return shown.data();
}

// What a listener may be bound to that a connection to `address` meets, the first choice first.
std::vector<std::vector<std::string>> choices_for(const std::string& address) {
    const std::string anywhere = "0.0.0.0";
    const std::string mapped = "::ffff:";
    const auto known = canonical_address(address);
    if (known.empty() || known == anywhere || known == "::") {
        return {};
    }
    if (known.find(':') != std::string::npos) {
        return {{known}, {"::"}};
    }
    return {{known, mapped + known}, {anywhere, mapped + anywhere}, {"::"}};
}

// As the user of a process: it may be looked into by its user also where root may not trace, as in
// a container. Of this thread alone, and given back at the end.
class AsUserOf {
  public:
    explicit AsUserOf(pid_t pid) {
        const auto status = read_proc(fmt::format("/proc/{}/status", pid));
        const auto user = status ? status_number(*status, "Uid") : std::nullopt;
        const auto group = status ? status_number(*status, "Gid") : std::nullopt;
        if (::geteuid() == 0 && user && group) {
            ::setfsgid(static_cast<gid_t>(*group));
            ::setfsuid(static_cast<uid_t>(*user));
            changed_ = true;
        }
    }
    AsUserOf(const AsUserOf&) = delete;
    AsUserOf& operator=(const AsUserOf&) = delete;
    ~AsUserOf() {
        if (changed_) {
            ::setfsuid(::geteuid());
            ::setfsgid(::getegid());
        }
    }

  private:
    bool changed_ = false;
};

// False when they may not be seen.
bool add_sockets(pid_t pid, std::set<std::uint64_t>& inodes) {
    const std::string directory = fmt::format("/proc/{}/fd", pid);
    const UniqueFd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open()) {
        return errno != EACCES;
    }
    for (const pid_t descriptor : numbered_entries(directory)) {
        std::array<char, 64> target{};
        const auto length = ::readlink(fmt::format("{}/{}", directory, descriptor).c_str(),
                                       target.data(), target.size());
        if (length < 0 && errno == EACCES) {
            return false;
        }
        const std::string_view link(target.data(),
                                    static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
        constexpr std::string_view kPrefix = "socket:[";
        std::uint64_t inode = 0;
        if (link.starts_with(kPrefix) &&
            std::from_chars(link.data() + kPrefix.size(), link.data() + link.size(), inode).ec ==
                std::errc{}) {
            inodes.insert(inode);
        }
    }
    return true;
}

bool add_sockets_as_its_user(pid_t pid, std::set<std::uint64_t>& inodes) {
    const AsUserOf user(pid);
    return add_sockets(pid, inodes);
}

struct OwnedSockets {
    std::set<std::uint64_t> inodes;
    std::vector<pid_t> unseen;
};

OwnedSockets owned_sockets(const std::vector<pid_t>& pids) {
    OwnedSockets owned;
    for (const pid_t pid : pids) {
        // What has ended meanwhile belongs to root, and has no sockets.
        if (!add_sockets(pid, owned.inodes) && !add_sockets_as_its_user(pid, owned.inodes) &&
            !living({pid}).empty()) {
            owned.unseen.push_back(pid);
        }
    }
    return owned;
}

SocketOwner owner_among(const std::vector<pid_t>& pids, const std::vector<std::uint64_t>& inodes) {
    if (inodes.empty()) {
        return SocketOwner::nobody;
    }
    const auto owned = owned_sockets(pids);
    const bool has_all = std::all_of(inodes.begin(), inodes.end(), [&](std::uint64_t inode) {
        return owned.inodes.count(inode) > 0;
    });
    return has_all                ? SocketOwner::theirs
           : owned.unseen.empty() ? SocketOwner::other
                                  : SocketOwner::unseen;
}

// Between the look at the table and that at the processes a socket may be closed, or a process end.
template <class Look>
SocketOwner look_repeatedly(const Look& look) {
    constexpr int kLooks = 3;
    auto owner = look();
    for (int i = 1; i < kLooks && owner != SocketOwner::nobody && owner != SocketOwner::theirs;
         ++i) {
        owner = look();
    }
    return owner;
}

std::string place_of(const Listener& listener) {
    const bool is_v6 = listener.address.find(':') != std::string::npos;
    return is_v6 ? fmt::format("[{}]:{}", listener.address, listener.port)
                 : fmt::format("{}:{}", listener.address, listener.port);
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

std::vector<Listener> listeners_met(const std::vector<Listener>& listeners,
                                    const std::string& address, std::uint16_t port) {
    std::vector<Listener> on_port;
    std::copy_if(listeners.begin(), listeners.end(), std::back_inserter(on_port),
                 [&](const Listener& listener) { return listener.port == port; });
    const auto choices = choices_for(address);
    for (const auto& choice : choices) {
        std::vector<Listener> met;
        std::copy_if(
            on_port.begin(), on_port.end(), std::back_inserter(met), [&](const Listener& listener) {
                return std::find(choice.begin(), choice.end(), listener.address) != choice.end();
            });
        if (!met.empty()) {
            return met;
        }
    }
    return choices.empty() ? on_port : std::vector<Listener>();
}

SocketOwner owner_of_port(const std::vector<pid_t>& pids, const std::string& address,
                          std::uint16_t port) {
    return look_repeatedly([&] {
        std::vector<std::uint64_t> inodes;
        for (const auto& listener : listeners_met(read_listeners(), address, port)) {
            inodes.push_back(listener.inode);
        }
        return owner_among(pids, inodes);
    });
}

std::vector<std::uint64_t> parse_unix_listeners(std::istream& table, const std::string& path) {
    // Num RefCount Protocol Flags Type St Inode Path
    constexpr unsigned long kAcceptsConnections = 0x10000;  // __SO_ACCEPTCON of <linux/net.h>
    std::vector<std::uint64_t> inodes;
    std::string row;
    std::getline(table, row);  // the heading
    while (std::getline(table, row)) {
        std::istringstream fields(row);
        std::string skipped;
        unsigned long flags = 0;
        std::uint64_t inode = 0;
        std::string bound_to;
        fields >> skipped >> skipped >> skipped >> std::hex >> flags >> std::dec;
        fields >> skipped >> skipped >> inode >> std::ws;
        std::getline(fields, bound_to);
        if ((flags & kAcceptsConnections) != 0 && bound_to == path) {
            inodes.push_back(inode);
        }
    }
    return inodes;
}

SocketOwner owner_of_unix_socket(const std::vector<pid_t>& pids, const std::string& path) {
    return look_repeatedly([&] {
        std::ifstream table("/proc/net/unix");
        return owner_among(pids, parse_unix_listeners(table, path));
    });
}

std::vector<pid_t> unseen_among(const std::vector<pid_t>& pids) {
    return owned_sockets(pids).unseen;
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

std::vector<std::string> listening_places(const std::vector<pid_t>& pids) {
    const auto owned = owned_sockets(pids);
    std::set<std::string> places;
    for (const auto& listener : read_listeners()) {
        if (owned.inodes.count(listener.inode) > 0) {
            places.insert(place_of(listener));
        }
    }
    return {places.begin(), places.end()};
}

}  // namespace benchhost::machine

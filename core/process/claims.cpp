#include "core/process/claims.hpp"

#include "core/base/printable.hpp"
#include "core/machine/process_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace benchhost::process {
namespace {

using machine::SocketOwner;

constexpr std::size_t kLongestReason = 4000;
constexpr std::size_t kLongestDescriptor = 256;
constexpr std::size_t kMostLeft = 1000;

std::string bounded(std::string_view text, std::size_t most) {
    return printable(text.substr(0, most));
}

std::string in_words(const ListeningPlace& place) {
    return place.unix_socket.empty() ? fmt::format("on port {}", place.port)
                                     : "at " + in_quotes(place.unix_socket);
}

}  // namespace

SocketOwner owner_of(const std::vector<pid_t>& tree, const std::string& address,
                     const ListeningPlace& place) {
    return place.unix_socket.empty() ? machine::owner_of_port(tree, address, place.port)
                                     : machine::owner_of_unix_socket(tree, place.unix_socket);
}

std::string why_not_believed(const std::vector<pid_t>& tree, SocketOwner owner,
                             const ListeningPlace& place) {
    const auto said = fmt::format("said that it is ready {}, but ", in_words(place));
    if (owner == SocketOwner::unseen) {
        return fmt::format("{}whose the socket there is cannot be told: {}", said,
                           why_unseen(unseen_processes(tree)));
    }
    const auto places = machine::listening_places(tree);
    return said + (places.empty() ? "it listens on no port at all"
                                  : fmt::format("it listens on {}", fmt::join(places, ", ")));
}

std::vector<std::string> unseen_processes(const std::vector<pid_t>& tree) {
    std::vector<std::string> names;
    for (const pid_t pid : machine::unseen_among(tree)) {
        names.push_back(machine::process_label(pid));
    }
    return names;
}

std::string why_unseen(const std::vector<std::string>& processes) {
    return fmt::format(
        "{} may not be looked into (it has made itself undumpable, or has privileges that "
        "benchhost has not), and what is not seen is not believed; leave it as it is started, or "
        "run benchhost as root",
        fmt::join(processes, ", "));
}

std::optional<Event> as_told_by_child(const Event& event) {
    if (event.kind != Event::Kind::configured && event.kind != Event::Kind::failed &&
        event.kind != Event::Kind::destroyed) {
        return std::nullopt;
    }
    Event told;
    told.kind = event.kind;
    told.stage = event.stage;
    told.reason = bounded(event.reason, kLongestReason);
    if (event.left) {
        const auto& named = event.left->descriptors;
        auto& left = told.left.emplace();
        left.threads = event.left->threads;
        left.own_runtime = event.left->own_runtime;
        for (std::size_t i = 0; i < std::min(named.size(), kMostLeft); ++i) {
            left.descriptors.push_back(bounded(named[i], kLongestDescriptor));
        }
    }
    return told;
}

}  // namespace benchhost::process

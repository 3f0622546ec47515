// What a server child says of itself, and what of it is believed: a plugin shares its process, and
// may write anything to its channel.
#pragma once

#include "core/machine/listeners.hpp"
#include "core/process/protocol.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace benchhost::process {

/// Who listens at `place`, as the kernel tells, seen from the processes of a server's tree.
/// `address`: where it was asked to listen.
machine::SocketOwner owner_of(const std::vector<pid_t>& tree, const std::string& address,
                              const ListeningPlace& place);

/// Why a server that says it is ready at `place`, whose socket is not known to be its own, is not
/// believed.
std::string why_not_believed(const std::vector<pid_t>& tree, machine::SocketOwner owner,
                             const ListeningPlace& place);

/// "worker(12)" for each process of the tree that may not be looked into.
std::vector<std::string> unseen_processes(const std::vector<pid_t>& tree);
/// What that means, and what to do.
std::string why_unseen(const std::vector<std::string>& processes);

/// An event that says how far the child has come, as it may be passed on: its texts printable and
/// bounded, and nothing else in it. Nothing for an event of any other kind.
std::optional<Event> as_told_by_child(const Event& event);

}  // namespace benchhost::process

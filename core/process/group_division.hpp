// A version 2 control group that was delegated to us, divided so that servers can have groups below
// it: only a group without processes may hand controllers down.
#pragma once

#include "core/base/result.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::process {

/// Whether `group` is ours to divide: it may be written, and systemd says that it is delegated.
/// Where no systemd runs, being allowed to write is all that can be asked for.
bool is_delegated(const std::filesystem::path& group);

/// Makes `group` hand the controllers down that it has of `wanted`. Its processes, which must all
/// be among `ours`, go into a new group `leaf` below it; the top of a hierarchy needs none. On an
/// error, which says why it is not possible, the group is as it was. Never makes a group threaded.
Status divide_group(const std::filesystem::path& group, const std::vector<std::string>& wanted,
                    const std::string& leaf, const std::vector<pid_t>& ours);

/// The reverse: no controller is handed down any more, the processes of the leaf are back in its
/// parent, and the leaf is gone. Left as it is while another server has a group beside it.
void reunite_group(const std::filesystem::path& leaf);

/// The name of the groups that belong to a supervisor, a process of our own process id namespace:
/// the server's, and the leaf.
std::string group_name(pid_t supervisor);
std::string leaf_name(pid_t supervisor);

/// Removes what supervisors of our process id namespace that are no more have left below `parent`.
void sweep_groups(const std::filesystem::path& parent);

/// Removes an empty group; an absent or busy one is left alone.
void remove_group(const std::filesystem::path& folder);

/// "oom_kill" of a text such as memory.events: lines of a name and a number.
std::optional<std::uint64_t> event_count(const std::string& events, const std::string& name);

}  // namespace benchhost::process

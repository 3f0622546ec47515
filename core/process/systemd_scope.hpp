// A control group of our own asked of systemd: a transient scope that is delegated to us.
#pragma once

#include "core/base/result.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace benchhost::process {

/// Which systemd is to make the scope, and where.
struct ScopePlace {
    bool user_manager = false;
    std::string slice;  ///< empty: where that systemd puts what has no place of its own
    std::string kept;   ///< the scope will be below it, and so are we: its limits stay in force
    friend bool operator==(const ScopePlace&, const ScopePlace&) = default;
};

/// For a process of `uid` in the group `own` ("/user.slice/user-0.slice/session-1.scope"). The
/// error says why systemd would make it nowhere near.
Result<ScopePlace> scope_place(const std::string& own, uid_t uid);

/// The first limit or weight that a process of `own` would leave by going to a scope below `kept`,
/// as in "cpu.max is 60000 100000 in /sys/fs/cgroup/system.slice/run-1.scope". The number of
/// processes is no reason: systemd limits it everywhere, and a scope can have the same.
std::optional<std::string> limit_left(const std::filesystem::path& own,
                                      const std::filesystem::path& kept);
/// The least of the limits of processes between the two, `kept` left out.
std::optional<std::uint64_t> most_processes(const std::filesystem::path& own,
                                            const std::filesystem::path& kept);

/// Moves this very process into a new scope `name` at `place`; it ends with its last process.
Status enter_scope(const ScopePlace& place, const std::string& name,
                   std::optional<std::uint64_t> processes);

/// Whether the unit of `own` was delegated by the user's own systemd. To be asked for where the
/// mark on the group cannot be read.
bool user_manager_delegates(const std::string& own, uid_t uid);

}  // namespace benchhost::process

// The processes below a process, and how to end them all.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace benchhost::machine {

/// Children, their children and so on, parents first, `root` itself left out, zombies included.
/// One look at a moving thing: what is forked meanwhile may be missing.
std::vector<pid_t> descendants(pid_t root);

/// Those of `pids` that are no zombies.
std::vector<pid_t> living(const std::vector<pid_t>& pids);

/// "gunicorn(1234)"
std::string process_label(pid_t pid);

/// Every process of a session.
std::vector<pid_t> session_members(pid_t session);

}  // namespace benchhost::machine

// The server child between fork and the first instruction of a plugin.
#pragma once

#include "core/process/control_channel.hpp"
#include "core/process/control_groups.hpp"
#include "core/process/supervisor.hpp"

#include <sys/types.h>

namespace benchhost::process {

/// Makes this freshly forked process the leader of its own session, tied to the supervisor's life,
/// with its limits in force, its output in `log` and no other descriptor than `channel`; says
/// "spawned" and plays `role`. Ends the process with the role's exit status.
[[noreturn]] void run_server_child(const StartRequest& request, const ControlGroups& groups,
                                   const ControlChannel& channel, int log, pid_t supervisor,
                                   const ServerRole& role);

}  // namespace benchhost::process

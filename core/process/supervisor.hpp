// The first process of benchhost-serve: owns one server's process tree and ends it.
#pragma once

#include "core/base/unique_fd.hpp"
#include "core/process/control_channel.hpp"
#include "core/process/server_process.hpp"

#include <functional>

namespace benchhost::process {

/// What the server child does once its limits are in force: serves until it is told to stop by
/// SIGTERM, or executes the server's own program and never returns. Reports its stages on
/// `supervisor`. Returns the exit status.
using ServerRole = std::function<int(const StartRequest&, const ControlChannel& supervisor)>;

/// Reads the start message from `control`, forks the server child and watches over it until all of
/// its tree is gone. The other end hanging up means that benchhost is gone: the tree is killed at
/// once. Takes over the whole process, which must have one thread. Returns the exit status.
int supervise(UniqueFd control, const ServerRole& role);

}  // namespace benchhost::process

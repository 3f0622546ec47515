// A piece of work in a child process, of which nothing is left when it is over.
#pragma once

#include <functional>

namespace benchhost::process {

/// Runs `work` in a child and ends everything that it started, however far it went away: as the
/// supervisor does for a trial. Ends likewise when this process is asked to end by SIGTERM, or when
/// its parent thread ends. For a process with one thread and no other children.
/// Returns the status that `work` returned or exited with; dies of the signal that killed it.
int run_contained(const std::function<int()>& work);

}  // namespace benchhost::process

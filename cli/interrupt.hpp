// Ctrl-C: the first one asks for an orderly end, the second one ends at once.
#pragma once

#include <atomic>

namespace benchhost::cli {

/// Catches SIGINT and SIGTERM from now on. The flag is set by the first of them; a second one ends
/// the process by its default action (the servers' supervisors then kill what is left).
const std::atomic<bool>& watch_for_interrupt();

/// Set by SIGCONT from now on: mpirun sends it to every rank before SIGTERM when one has died. The
/// reader puts it back.
std::atomic<bool>& watch_for_warning();

}  // namespace benchhost::cli

// Waiting for a machine that something else still keeps busy.
#pragma once

#include "core/base/units.hpp"
#include "core/machine/health.hpp"

#include <atomic>
#include <optional>
#include <string>

namespace benchhost::machine {

/// Threads that run or wait for a processor anywhere on the machine, the one that asks not counted,
/// from /proc/stat.
std::optional<double> threads_running(const std::string& proc_stat);

/// Pure: how busy the busier side was between two looks; nothing when it cannot be told.
std::optional<double> busiest_share(const TimesByCpu& begin, const TimesByCpu& end,
                                    const WatchedCpus& cpus);

/// Waits until few sockets are in TIME_WAIT and nothing else runs, at least not on `cpus`, for at
/// most `patience`. Returns early when `stop` is set. How long it waited.
Nanoseconds wait_until_calm(Nanoseconds patience, const WatchedCpus& cpus,
                            const std::atomic<bool>& stop);

}  // namespace benchhost::machine

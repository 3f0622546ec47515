// The machine while it measures: who else used its processors, and whether it has calmed down.
#pragma once

#include "core/base/units.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace benchhost::suite {

/// Processor time of the whole machine since boot, from /proc/stat.
struct MachineTimes {
    Nanoseconds busy{};   ///< user, nice, system, irq, softirq
    Nanoseconds steal{};  ///< taken by the hypervisor
    Nanoseconds total{};  ///< of all processors, idle included
};
std::optional<MachineTimes> parse_machine_times(const std::string& proc_stat,
                                                long ticks_per_second);
std::optional<MachineTimes> read_machine_times();

/// Shares of the whole machine's processor time within one window.
struct MachineShare {
    double steal = 0;
    double others = 0;  ///< neither the server's nor the generator's
};
MachineShare share_between(const MachineTimes& begin, const MachineTimes& end,
                           Nanoseconds server_cpu, Nanoseconds client_cpu);

/// Waits until few sockets are in TIME_WAIT and the processors are idle, for at most `patience`.
/// Returns early when `stop` is set.
void wait_until_calm(Nanoseconds patience, const std::atomic<bool>& stop);

/// What a reader must know of the machine to judge or repeat the numbers: kernel, processor,
/// governor, memory, clock source, network settings, limits, load. What cannot be read is absent.
std::map<std::string, std::string> describe_machine();

}  // namespace benchhost::suite

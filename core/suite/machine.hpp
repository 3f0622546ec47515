// The machine while it measures: who else used its processors, and whether it has calmed down.
#pragma once

#include "core/base/units.hpp"
#include "core/results/results.hpp"

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

/// Threads that run or wait for a processor, the one that asks not counted, from /proc/stat.
std::optional<double> threads_running(const std::string& proc_stat);

/// How fast the processors run; what the kernel does not tell is absent, as in most guests.
struct ClockRate {
    std::optional<double> mhz;               ///< of the fastest processor, now
    std::optional<std::uint64_t> throttled;  ///< times they were slowed for their heat, since boot
};
ClockRate read_clock_rate();

/// Shares of the whole machine's processor time within one window.
struct MachineShare {
    double steal = 0;
    double others = 0;  ///< neither the server's nor the generator's
};
MachineShare share_between(const MachineTimes& begin, const MachineTimes& end,
                           Nanoseconds server_cpu, Nanoseconds client_cpu);

/// One look at the machine; two make a results::MachineHealth.
struct MachineLook {
    std::optional<MachineTimes> times;
    ClockRate clock;
};
MachineLook look_at_machine();

/// Between two looks. Shares are absent when they lie too near to each other for the kernel's clock
/// ticks, or when `server_cpu` is.
results::MachineHealth health_between(const MachineLook& begin, const MachineLook& end,
                                      std::optional<Nanoseconds> server_cpu,
                                      Nanoseconds client_cpu);

/// Waits until few sockets are in TIME_WAIT and the processors are idle, for at most `patience`.
/// Returns early when `stop` is set. How long it waited.
Nanoseconds wait_until_calm(Nanoseconds patience, const std::atomic<bool>& stop);

/// What a reader must know of the machine to judge or repeat the numbers: kernel, processor,
/// governor, memory, clock source, network settings, limits, load. What cannot be read is absent.
std::map<std::string, std::string> describe_machine();

/// Adds what can only be told once the suite is over: the load then.
void add_load_after(std::map<std::string, std::string>& facts);

}  // namespace benchhost::suite

// The machine while it measures: who else used its processors, and what kept them from running.
#pragma once

#include "core/base/units.hpp"
#include "core/machine/cpu_quota.hpp"
#include "core/model/machine_health.hpp"

#include <boost/describe/class.hpp>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::machine {

/// The processors that a trial's figures hang on: those of each side, and the other hardware
/// threads of their cores unless they are the other side's. A side without any is not looked at;
/// where the sides share processors, both are all of them.
struct WatchedCpus {
    std::vector<unsigned> server;
    std::vector<unsigned> client;
    std::size_t server_may_use = 0;  ///< how many the server itself may run on; 0: not known
};
BOOST_DESCRIBE_STRUCT(WatchedCpus, (), (server, client, server_may_use))
WatchedCpus watched_cpus(const std::vector<unsigned>& server, const std::vector<unsigned>& client);

/// Processor time since boot, of one processor or of several.
struct MachineTimes {
    Nanoseconds busy{};   ///< processes
    Nanoseconds steal{};  ///< taken by the hypervisor
    Nanoseconds total{};  ///< idle time included
};
BOOST_DESCRIBE_STRUCT(MachineTimes, (), (busy, steal, total))
using TimesByCpu = std::map<unsigned, MachineTimes>;

/// From the lines cpuN of /proc/stat. Time in interrupts is busy only where the kernel cannot tell
/// it from that of the process it interrupts.
TimesByCpu parse_machine_times(const std::string& proc_stat, long ticks_per_second);
TimesByCpu read_machine_times();
/// The sum; nothing when one of `cpus` is missing, or there are none.
std::optional<MachineTimes> sum_of(const TimesByCpu& times, const std::vector<unsigned>& cpus);

/// How fast the processors run; what the kernel does not tell is absent, as in most guests.
struct ClockRate {
    std::optional<double> mhz;               ///< of the fastest processor, now
    std::optional<std::uint64_t> throttled;  ///< times they were slowed for their heat, since boot
};
BOOST_DESCRIBE_STRUCT(ClockRate, (), (mhz, throttled))
ClockRate read_clock_rate(const std::vector<unsigned>& cpus);

/// Shares of the time of some processors.
struct MachineShare {
    double steal = 0;
    double others = 0;  ///< used by whom nobody asked
};
/// 50 ticks of a processor: a share is then off by a few hundredths at most. In shorter windows
/// nothing is said of others.
inline constexpr Nanoseconds kLongEnough = std::chrono::milliseconds(500);

/// Within one window, in which those who were asked to used `own` of it.
MachineShare share_between(const MachineTimes& begin, const MachineTimes& end, Nanoseconds own);

/// The quotas that bind the two sides of a trial.
struct QuotaLook {
    std::vector<CpuQuota> server, client;
    bool any() const { return !server.empty() || !client.empty(); }
};
BOOST_DESCRIBE_STRUCT(QuotaLook, (), (server, client))
/// `server`: the process whose control groups are looked at, if it is ours; those of the generator
/// are this process' own.
QuotaLook look_at_quotas(std::optional<pid_t> server);

/// One look at the machine; two make a model::MachineHealth.
struct MachineLook {
    TimesByCpu times;
    ClockRate clock;
    QuotaLook quotas;
};
BOOST_DESCRIBE_STRUCT(MachineLook, (), (times, clock, quotas))
MachineLook look_at_machine(const WatchedCpus& cpus, std::optional<pid_t> server);

/// Between two looks. Shares are those of the side that was hit harder. They are absent when the
/// looks lie too near to each other for the kernel's clock ticks, or when `server_cpu` is.
model::MachineHealth health_between(const MachineLook& begin, const MachineLook& end,
                                    const WatchedCpus& cpus, std::optional<Nanoseconds> server_cpu,
                                    Nanoseconds client_cpu);

}  // namespace benchhost::machine

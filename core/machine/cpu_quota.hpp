// Quotas of processor time: which control groups ration a process, and how often they stopped it.
#pragma once

#include "core/base/units.hpp"
#include "core/machine/group_location.hpp"

#include <boost/describe/class.hpp>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::machine {

/// How often a quota was used up, since its group was made.
struct QuotaUse {
    std::uint64_t periods = 0;          ///< in which a member wanted to run
    std::uint64_t stopped_periods = 0;  ///< in which the members had to wait for the next one
    Nanoseconds stopped{};              ///< how long, summed over processors
};
BOOST_DESCRIBE_STRUCT(QuotaUse, (), (periods, stopped_periods, stopped))

/// From the text of cpu.stat, of version 1 or 2; nothing when it tells of no periods.
std::optional<QuotaUse> parse_quota_use(const std::string& cpu_stat);

/// How many processors' worth of time a quota is, from the text of cpu.max: "200000 100000" is 2.
/// Nothing for "max", and for what is no quota.
std::optional<double> parse_cpu_max(const std::string& cpu_max);

/// A control group that gets only so much processor time.
struct CpuQuota {
    std::string group;  ///< below the top of the hierarchy that we see: "/q", or "/" for the top
    double cpus = 0;    ///< processors' worth of time
    std::optional<QuotaUse> use;
};
BOOST_DESCRIBE_STRUCT(CpuQuota, (), (group, cpus, use))

/// The quotas that bind a member of the group: its own and those of every group above it that we
/// see, the nearest first.
std::vector<CpuQuota> quotas_from(const GroupLocation& location);

/// The quotas that bind a process; none when its groups cannot be seen.
std::vector<CpuQuota> cpu_quotas(pid_t pid);

/// The one that gives least.
std::optional<CpuQuota> tightest(const std::vector<CpuQuota>& quotas);

}  // namespace benchhost::machine

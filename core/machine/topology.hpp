// Which processors the server gets and which the load generator.
#pragma once

#include "core/base/result.hpp"
#include "core/machine/cpu_quota.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::machine {

inline constexpr const char* kSysCpu = "/sys/devices/system/cpu";

/// One physical core: the processors (hardware threads) of it that we may use.
struct Core {
    std::vector<unsigned> cpus;
    unsigned kind = 0;  ///< 0: the fastest that there are; each further one is slower
    friend bool operator==(const Core&, const Core&) = default;
};

/// The usable part of the machine; neighbours (same package) stand next to each other.
struct Topology {
    std::vector<Core> cores;
    std::optional<CpuQuota> quota;  ///< the tightest of the control groups that we are in
};

/// From /sys, our control groups and the affinity that we inherited, which the kernel keeps within
/// our cpuset. Where /sys tells nothing, every processor counts as a core of its own, all of one
/// kind.
Topology read_topology();
/// Without the quota.
Topology read_topology(const std::filesystem::path& sys_cpu, const std::vector<unsigned>& allowed);

/// "0-15; slower: 16-19"; empty where all cores are of one kind.
std::string describe_kinds(const Topology& topology);

/// `cpus` and the other hardware threads of their cores, whether we may use them or not.
std::vector<unsigned> with_siblings(const std::filesystem::path& sys_cpu,
                                    const std::vector<unsigned>& cpus);

/// What the user asked for on one side; neither automatic nor given: all that there are.
struct CpuWish {
    bool automatic = true;
    std::vector<unsigned> cpus;
};

struct CpuSplit {
    std::vector<unsigned> server;
    std::vector<unsigned> client;
    bool shared = false;  ///< at least one processor is on both sides
    std::string warning;  ///< empty: the two sides are alike and do not disturb each other
};

/// Pure. Divides the machine: both automatic means half each of the fastest kind of which there are
/// two cores, hardware threads of one core together; one automatic means what the other leaves, of
/// the same kind if it can be. An automatic side gets no more than its part of the quota. The error
/// (code usage) names a processor that is not ours to use.
Result<CpuSplit> divide_cpus(const Topology& topology, const CpuWish& server,
                             const CpuWish& client);

}  // namespace benchhost::machine

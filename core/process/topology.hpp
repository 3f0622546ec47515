// Which processors the server gets and which the load generator.
#pragma once

#include "core/base/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::process {

/// One physical core: the processors (hardware threads) of it that we may use.
struct Core {
    std::vector<unsigned> cpus;
    friend bool operator==(const Core&, const Core&) = default;
};

/// The usable part of the machine; neighbours (same package) stand next to each other.
struct Topology {
    std::vector<Core> cores;
};

/// From /sys and the affinity that we inherited. Where /sys tells nothing, every processor counts
/// as a core of its own.
Topology read_topology();
Topology read_topology(const std::filesystem::path& sys_cpu, const std::vector<unsigned>& allowed);

/// What the user asked for on one side; neither automatic nor given: all that there are.
struct CpuWish {
    bool automatic = true;
    std::vector<unsigned> cpus;
};

struct CpuSplit {
    std::vector<unsigned> server;
    std::vector<unsigned> client;
    bool shared = false;  ///< at least one processor is on both sides
    std::string warning;  ///< empty: the two sides do not disturb each other
};

/// Divides the machine: both automatic means half of the cores each, hardware threads of one core
/// together; one automatic means what the other leaves. The error (code usage) names a processor
/// that is not ours to use.
Result<CpuSplit> divide_cpus(const Topology& topology, const CpuWish& server,
                             const CpuWish& client);

}  // namespace benchhost::process

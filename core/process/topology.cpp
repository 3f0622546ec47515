#include "core/process/topology.hpp"

#include "core/process/limits.hpp"
#include "core/process/proc_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace benchhost::process {
namespace {

using Cpus = std::vector<unsigned>;

bool contains(const Cpus& cpus, unsigned cpu) {
    return std::find(cpus.begin(), cpus.end(), cpu) != cpus.end();
}

bool overlaps(const Cpus& one, const Cpus& other) {
    return std::any_of(one.begin(), one.end(), [&](unsigned cpu) { return contains(other, cpu); });
}

Cpus all_cpus(const Topology& topology) {
    Cpus all;
    for (const auto& core : topology.cores) {
        all.insert(all.end(), core.cpus.begin(), core.cpus.end());
    }
    std::sort(all.begin(), all.end());
    return all;
}

Status check_usable(const Topology& topology, const std::string& side, const Cpus& wanted) {
    const auto usable = all_cpus(topology);
    for (const unsigned cpu : wanted) {
        if (!contains(usable, cpu)) {
            return Error{ErrorCode::usage,
                         fmt::format("{}: processor {} is not ours to use; there are {}", side, cpu,
                                     format_cpu_list(usable))};
        }
    }
    return {};
}

// Whole cores apart from `taken`; failing that, single hardware threads; failing that, everything.
Cpus remainder(const Topology& topology, const Cpus& taken) {
    Cpus cores;
    Cpus threads;
    for (const auto& core : topology.cores) {
        for (const unsigned cpu : core.cpus) {
            if (!overlaps(core.cpus, taken)) {
                cores.push_back(cpu);
            }
            if (!contains(taken, cpu)) {
                threads.push_back(cpu);
            }
        }
    }
    return !cores.empty() ? cores : !threads.empty() ? threads : all_cpus(topology);
}

CpuSplit halve(const Topology& topology) {
    CpuSplit split;
    if (topology.cores.size() > 1) {
        const std::size_t half = topology.cores.size() / 2;
        for (std::size_t i = 0; i < topology.cores.size(); ++i) {
            auto& side = i < half ? split.server : split.client;
            side.insert(side.end(), topology.cores[i].cpus.begin(), topology.cores[i].cpus.end());
        }
        return split;
    }
    const auto all = all_cpus(topology);
    if (all.size() < 2) {
        split.server = split.client = all;
        return split;
    }
    // One core with several hardware threads: apart as far as it goes, and warned about.
    const auto half = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    split.server.assign(all.begin(), half);
    split.client.assign(half, all.end());
    return split;
}

std::string warning_for(const Topology& topology, const CpuSplit& split) {
    if (split.shared) {
        return fmt::format(
            "server (processors {}) and load generator ({}) share processors: each "
            "takes time from the other",
            format_cpu_list(split.server), format_cpu_list(split.client));
    }
    for (const auto& core : topology.cores) {
        if (overlaps(core.cpus, split.server) && overlaps(core.cpus, split.client)) {
            return fmt::format(
                "processors {} are hardware threads of one core, used by the server "
                "and by the load generator: each slows the other",
                format_cpu_list(core.cpus));
        }
    }
    return "";
}

}  // namespace

Topology read_topology() { return read_topology("/sys/devices/system/cpu", allowed_cpus()); }

Topology read_topology(const std::filesystem::path& sys_cpu, const Cpus& allowed) {
    // By package and by the lowest hardware thread, so that neighbours stand together.
    std::map<std::pair<std::string, unsigned>, Core> cores;
    for (const unsigned cpu : allowed) {
        const auto folder = sys_cpu / fmt::format("cpu{}", cpu) / "topology";
        const auto package =
            read_proc((folder / "physical_package_id").string()).value_or(std::string());
        const auto siblings = parse_cpu_list(
            read_proc((folder / "thread_siblings_list").string()).value_or(std::string()));
        const unsigned first =
            siblings.empty() ? cpu : *std::min_element(siblings.begin(), siblings.end());
        // Shorter numbers first, so that package 10 comes after package 9.
        const auto key = std::string(8 - std::min<std::size_t>(package.size(), 8), ' ') + package;
        cores[{key, first}].cpus.push_back(cpu);
    }
    Topology topology;
    for (auto& [key, core] : cores) {
        std::sort(core.cpus.begin(), core.cpus.end());
        topology.cores.push_back(std::move(core));
    }
    return topology;
}

Result<CpuSplit> divide_cpus(const Topology& topology, const CpuWish& server,
                             const CpuWish& client) {
    if (auto checked = check_usable(topology, "server_cpus", server.cpus); !checked) {
        return checked.error();
    }
    if (auto checked = check_usable(topology, "client_cpus", client.cpus); !checked) {
        return checked.error();
    }
    const auto given = [&](const CpuWish& wish) {
        return wish.cpus.empty() ? all_cpus(topology) : wish.cpus;
    };
    CpuSplit split;
    if (server.automatic && client.automatic) {
        split = halve(topology);
    } else {
        split.server = server.automatic ? remainder(topology, given(client)) : given(server);
        split.client = client.automatic ? remainder(topology, split.server) : given(client);
    }
    std::sort(split.server.begin(), split.server.end());
    std::sort(split.client.begin(), split.client.end());
    split.shared = overlaps(split.server, split.client);
    split.warning = warning_for(topology, split);
    return split;
}

}  // namespace benchhost::process

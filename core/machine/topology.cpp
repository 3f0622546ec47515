#include "core/machine/topology.hpp"

#include "core/machine/cpu_list.hpp"
#include "core/machine/proc_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace benchhost::machine {
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

std::set<unsigned> kinds_of(const Topology& topology, const Cpus& cpus) {
    std::set<unsigned> kinds;
    for (const auto& core : topology.cores) {
        if (overlaps(core.cpus, cpus)) {
            kinds.insert(core.kind);
        }
    }
    return kinds;
}

// Whole cores apart from `taken`, of its kinds rather than of others; failing that, single hardware
// threads; failing that, everything.
Cpus remainder(const Topology& topology, const Cpus& taken) {
    const auto kinds = kinds_of(topology, taken);
    Cpus alike;
    Cpus cores;
    Cpus threads;
    for (const auto& core : topology.cores) {
        for (const unsigned cpu : core.cpus) {
            if (!overlaps(core.cpus, taken)) {
                cores.push_back(cpu);
                if (kinds.count(core.kind) > 0) {
                    alike.push_back(cpu);
                }
            }
            if (!contains(taken, cpu)) {
                threads.push_back(cpu);
            }
        }
    }
    return !alike.empty()     ? alike
           : !cores.empty()   ? cores
           : !threads.empty() ? threads
                              : all_cpus(topology);
}

// The cores of the fastest kind of which there are two; failing that, all.
Topology alike_cores(const Topology& topology) {
    for (const unsigned kind : kinds_of(topology, all_cpus(topology))) {
        Topology alike;
        std::copy_if(topology.cores.begin(), topology.cores.end(), std::back_inserter(alike.cores),
                     [&](const Core& core) { return core.kind == kind; });
        if (alike.cores.size() > 1) {
            return alike;
        }
    }
    return topology;
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

// At most so many of `side`, one hardware thread of every core before the second of any.
void trim(const Topology& topology, Cpus& side, std::size_t most) {
    Cpus kept;
    bool any = true;
    for (std::size_t thread = 0; any && kept.size() < most; ++thread) {
        any = false;
        for (const auto& core : topology.cores) {
            any = any || thread < core.cpus.size();
            if (thread < core.cpus.size() && contains(side, core.cpus[thread]) &&
                kept.size() < most) {
                kept.push_back(core.cpus[thread]);
            }
        }
    }
    side = std::move(kept);
}

// More processors than a quota gives time for would only use it up sooner in each period.
void keep_to_quota(const Topology& topology, const CpuWish& server, const CpuWish& client,
                   CpuSplit& split) {
    if (!topology.quota) {
        return;
    }
    const auto whole = static_cast<std::size_t>(std::floor(topology.quota->cpus));
    const auto left_by = [&](const Cpus& other) { return whole - std::min(whole, other.size()); };
    if (server.automatic) {
        trim(topology, split.server,
             std::max<std::size_t>(1, client.automatic ? whole / 2 : left_by(split.client)));
    }
    if (client.automatic) {
        trim(topology, split.client,
             std::max<std::size_t>(1, server.automatic ? whole / 2 : left_by(split.server)));
    }
}

std::string quota_warning(const Topology& topology, const CpuSplit& split) {
    if (!topology.quota || topology.quota->cpus >= static_cast<double>(all_cpus(topology).size())) {
        return "";
    }
    const auto gives = fmt::format("the control group {} gives the time of {:.3g} processors",
                                   topology.quota->group, topology.quota->cpus);
    const auto used = split.server.size() + split.client.size();
    return static_cast<double>(used) > topology.quota->cpus
               ? fmt::format("{}, but server and load generator use {}: it may stop them", gives,
                             used)
               : fmt::format("{}: the server uses {} of {}, the load generator {}", gives,
                             split.server.size(), all_cpus(topology).size(), split.client.size());
}

std::string kind_warning(const Topology& topology, const CpuSplit& split) {
    const auto server = kinds_of(topology, split.server);
    const auto client = kinds_of(topology, split.client);
    return server == client && server.size() <= 1
               ? ""
               : fmt::format(
                     "server (processors {}) and load generator ({}) are not on cores of one kind "
                     "({}): figures depend on which core does what",
                     format_cpu_list(split.server), format_cpu_list(split.client),
                     describe_kinds(topology));
}

std::string neighbour_warning(const Topology& topology, const CpuSplit& split) {
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

std::string warning_for(const Topology& topology, const CpuSplit& split) {
    std::vector<std::string> warnings = {neighbour_warning(topology, split),
                                         kind_warning(topology, split),
                                         quota_warning(topology, split)};
    warnings.erase(std::remove(warnings.begin(), warnings.end(), ""), warnings.end());
    return fmt::format("{}", fmt::join(warnings, "; "));
}

std::optional<double> speed_of(const std::filesystem::path& cpu) {
    for (const auto* file : {"cpu_capacity", "cpufreq/cpuinfo_max_freq"}) {
        const auto text = read_proc((cpu / file).string());
        if (const double speed = std::strtod(text.value_or("").c_str(), nullptr); speed > 0) {
            return speed;
        }
    }
    return std::nullopt;
}

/// The kind of each processor; those that are missing are of kind 0.
std::map<unsigned, unsigned> read_kinds(const std::filesystem::path& sys_cpu, const Cpus& allowed) {
    // Cores of one kind differ by a few percent in the clock that the maker grants each; slower
    // kinds by a fifth or more.
    constexpr double kAlike = 0.85;
    std::map<unsigned, unsigned> kinds;
    std::map<double, Cpus, std::greater<>> by_speed;
    const auto slow = parse_cpu_list(
        read_proc((sys_cpu.parent_path().parent_path() / "cpu_atom/cpus").string()).value_or(""));
    for (const unsigned cpu : allowed) {
        const auto speed = speed_of(sys_cpu / fmt::format("cpu{}", cpu));
        if (!slow.empty()) {
            by_speed[contains(slow, cpu) ? 1 : 2].push_back(cpu);
        } else if (speed) {
            by_speed[*speed].push_back(cpu);
        } else {
            return {};
        }
    }
    unsigned kind = 0;
    double fastest = by_speed.empty() ? 0 : by_speed.begin()->first;
    for (const auto& [speed, cpus] : by_speed) {
        if (speed < kAlike * fastest) {
            ++kind;
            fastest = speed;
        }
        for (const unsigned cpu : cpus) {
            kinds[cpu] = kind;
        }
    }
    return kinds;
}

}  // namespace

Topology read_topology() {
    auto topology = read_topology(kSysCpu, allowed_cpus());
    topology.quota = tightest(cpu_quotas(::getpid()));
    return topology;
}

Topology read_topology(const std::filesystem::path& sys_cpu, const Cpus& allowed) {
    // By package and by the lowest hardware thread, so that neighbours stand together.
    std::map<std::pair<std::string, unsigned>, Core> cores;
    auto kinds = read_kinds(sys_cpu, allowed);
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
        auto& core = cores[{key, first}];
        core.cpus.push_back(cpu);
        core.kind = kinds[cpu];
    }
    Topology topology;
    for (auto& [key, core] : cores) {
        std::sort(core.cpus.begin(), core.cpus.end());
        topology.cores.push_back(std::move(core));
    }
    return topology;
}

std::string describe_kinds(const Topology& topology) {
    std::map<unsigned, Cpus> by_kind;
    for (const auto& core : topology.cores) {
        auto& cpus = by_kind[core.kind];
        cpus.insert(cpus.end(), core.cpus.begin(), core.cpus.end());
    }
    std::string text;
    for (const auto& [kind, cpus] : by_kind) {
        text += (text.empty() ? "" : "; slower: ") + format_cpu_list(cpus);
    }
    return by_kind.size() > 1 ? text : "";
}

Cpus with_siblings(const std::filesystem::path& sys_cpu, const Cpus& cpus) {
    std::set<unsigned> all(cpus.begin(), cpus.end());
    for (const unsigned cpu : cpus) {
        const auto file = sys_cpu / fmt::format("cpu{}/topology/thread_siblings_list", cpu);
        const auto siblings = parse_cpu_list(read_proc(file.string()).value_or(""));
        all.insert(siblings.begin(), siblings.end());
    }
    return {all.begin(), all.end()};
}

Result<CpuSplit> divide_cpus(const Topology& topology, const CpuWish& server,
                             const CpuWish& client) {
    for (const auto& [side, wish] : {std::pair{"server_cpus", &server}, {"client_cpus", &client}}) {
        if (const auto ours = check_ours(wish->cpus, all_cpus(topology)); !ours) {
            return with_context(side, ours.error());
        }
    }
    const auto given = [&](const CpuWish& wish) {
        return wish.cpus.empty() ? all_cpus(topology) : wish.cpus;
    };
    CpuSplit split;
    if (server.automatic && client.automatic) {
        split = halve(alike_cores(topology));
    } else {
        split.server = server.automatic ? remainder(topology, given(client)) : given(server);
        split.client = client.automatic ? remainder(topology, split.server) : given(client);
    }
    keep_to_quota(topology, server, client, split);
    std::sort(split.server.begin(), split.server.end());
    std::sort(split.client.begin(), split.client.end());
    split.shared = overlaps(split.server, split.client);
    split.warning = warning_for(topology, split);
    return split;
}

}  // namespace benchhost::machine

#include "core/cluster/hosts.hpp"

#include "core/machine/cpu_list.hpp"
#include "core/machine/topology.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace benchhost::cluster {

std::string name_of(const RankFacts& rank) {
    return fmt::format("{} (rank {})", rank.host, rank.rank);
}

namespace {

Error disagreement(const std::string& what, const RankFacts& first, const std::string& its,
                   const RankFacts& other, const std::string& others) {
    return {ErrorCode::usage, fmt::format("the hosts have different {}: {} has {}, {} has {}", what,
                                          name_of(first), its, name_of(other), others)};
}

std::string hosts_of(const std::vector<RankFacts>& ranks) {
    std::set<std::string> hosts;
    for (const auto& rank : ranks) {
        hosts.insert(rank.host);
    }
    return fmt::format("{}", fmt::join(hosts, ", "));
}

std::vector<unsigned> cpus_of_host(const std::vector<RankFacts>& ranks, const std::string& host) {
    std::set<unsigned> cpus;
    for (const auto& rank : ranks) {
        if (rank.host == host) {
            cpus.insert(rank.cpus.begin(), rank.cpus.end());
        }
    }
    return {cpus.begin(), cpus.end()};
}

/// Each of the ranks at `places` gets every n-th processor; at least one, where they are fewer.
void deal(const std::vector<unsigned>& cpus, const std::vector<std::size_t>& places,
          std::vector<std::vector<unsigned>>& shares) {
    for (std::size_t i = 0; i < std::max(cpus.size(), places.size()) && !cpus.empty(); ++i) {
        auto& share = shares[places[i % places.size()]];
        const unsigned cpu = cpus[i % cpus.size()];
        if (std::find(share.begin(), share.end(), cpu) == share.end() &&
            (i < cpus.size() || share.empty())) {
            share.push_back(cpu);
        }
    }
}

machine::CpuWish wish_of(const config::CpuChoice& choice) {
    return {choice.automatic, choice.cpus};
}

Result<machine::CpuSplit> split_host(const std::vector<unsigned>& cpus,
                                     const config::Limits& limits, bool generates, bool serves) {
    const auto topology = machine::read_topology("/sys/devices/system/cpu", cpus);
    if (serves && generates) {
        return machine::divide_cpus(topology, wish_of(limits.server_cpus),
                                    wish_of(limits.client_cpus));
    }
    machine::CpuSplit split;
    auto& side = serves ? split.server : split.client;
    const auto& wish = serves ? limits.server_cpus : limits.client_cpus;
    side = wish.automatic || wish.cpus.empty() ? cpus : wish.cpus;
    if (const auto ours = machine::check_ours(side, cpus); !ours) {
        return with_context(serves ? "server_cpus" : "client_cpus", ours.error());
    }
    return split;
}

}  // namespace

Result<std::uint32_t> agree_on_coordinator(const std::vector<RankFacts>& ranks) {
    const auto& first = ranks.front();
    for (const auto& rank : ranks) {
        if (rank.version != first.version) {
            return disagreement("versions of benchhost", first, first.version, rank, rank.version);
        }
        if (!rank.config_error.empty()) {
            return Error{ErrorCode::usage, name_of(rank) + ": " + rank.config_error};
        }
        if (rank.config_hash != first.config_hash) {
            return disagreement("configs", first, "sha256 " + first.config_hash, rank,
                                "sha256 " + rank.config_hash);
        }
    }
    if (first.server_host.empty()) {
        return 0U;
    }
    for (const auto& rank : ranks) {
        if (rank.host == first.server_host) {
            return rank.rank;
        }
    }
    return Error{ErrorCode::usage,
                 fmt::format("[cluster] server_host = {}: no rank runs there; there are {}",
                             first.server_host, hosts_of(ranks))};
}

Result<CpuShares> share_cpus(const std::vector<RankFacts>& ranks, const config::Limits& limits,
                             bool coordinator_generates) {
    CpuShares shares;
    shares.generators.resize(ranks.size());
    std::map<std::string, std::vector<std::size_t>> generating;  // places, by host
    for (std::size_t i = coordinator_generates ? 0 : 1; i < ranks.size(); ++i) {
        generating[ranks[i].host].push_back(i);
    }
    const auto& server_host = ranks.front().host;
    generating[server_host];
    for (const auto& [host, places] : generating) {
        const bool serves = host == server_host && !coordinator_generates;
        auto split = split_host(cpus_of_host(ranks, host), limits, !places.empty(), serves);
        if (!split) {
            return with_context(host, split.error());
        }
        if (!places.empty()) {
            deal(split->client, places, shares.generators);
        }
        if (host == server_host) {
            shares.server = {split->server, split->client, split->shared, split->warning};
        }
    }
    return shares;
}

std::vector<std::string> describe_roles(const std::vector<RankFacts>& ranks,
                                        const CpuShares& shares, bool runs_servers) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        std::vector<std::string> parts;
        if (i == 0) {
            parts.emplace_back("coordinates");
        }
        if (i == 0 && runs_servers) {
            parts.push_back(fmt::format("runs the servers on processors {}",
                                        machine::format_cpu_list(shares.server.server)));
        }
        if (const auto& cpus = shares.generators[i]; !cpus.empty()) {
            parts.push_back(fmt::format("generates load with {} thread{} on processors {}",
                                        cpus.size(), cpus.size() == 1 ? "" : "s",
                                        machine::format_cpu_list(cpus)));
        }
        lines.push_back(
            fmt::format("rank {} on {}: {}", ranks[i].rank, ranks[i].host, fmt::join(parts, ", ")));
    }
    return lines;
}

std::map<std::string, std::string> host_facts(const std::vector<RankFacts>& ranks,
                                              const CpuShares& shares, bool runs_servers) {
    std::map<std::string, std::string> facts;
    facts["hosts"] =
        fmt::format("{}", fmt::join(describe_roles(ranks, shares, runs_servers), "; "));
    const auto& own = ranks.front();
    for (const auto& rank : ranks) {
        for (const auto& [key, value] : rank.machine) {
            const auto known = own.machine.find(key);
            if (rank.host != own.host && (known == own.machine.end() || known->second != value)) {
                facts[rank.host + " " + key] = value;
            }
        }
    }
    return facts;
}

Status check_plugins(const RankFacts& coordinator, const std::map<std::string, std::string>& used,
                     const RankFacts& other, const std::map<std::string, std::string>& found) {
    for (const auto& [file, hash] : used) {
        const auto own = found.find(file);
        if (own != found.end() && own->second != hash) {
            return disagreement("plugins " + file, coordinator, "sha256 " + hash, other,
                                "sha256 " + own->second);
        }
    }
    return {};
}

}  // namespace benchhost::cluster

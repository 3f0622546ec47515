#include "cli/cluster_run.hpp"

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/standard_output.hpp"
#include "cli/suite_run.hpp"
#include "core/cluster/cluster_generator.hpp"
#include "core/cluster/interface_address.hpp"
#include "core/cluster/link.hpp"
#include "core/cluster/load_rank.hpp"
#include "core/machine/cpu_list.hpp"
#include "core/machine/environment.hpp"
#include "core/machine/file_hash.hpp"
#include "core/machine/health.hpp"

#include <boost/mpi/collectives.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;
namespace mpi = boost::mpi;
using cluster::RankFacts;
using Hashes = std::map<std::string, std::string>;  ///< of plugin files, by file name

std::string host_name() {
    char name[256] = "";
    ::gethostname(name, sizeof name - 1);
    return name;
}

/// With --resume only the host that has the folder knows what was asked; it tells the others.
Result<RunOptions> common_options(const RunOptions& options, mpi::communicator& world) {
    if (options.resume.empty()) {
        return options;
    }
    const auto own = with_resumed_request(options);
    const int none = world.size();
    const int teller = mpi::all_reduce(world, own ? world.rank() : none, mpi::minimum<int>());
    if (teller == none) {
        return own.error();
    }
    RunOptions common = own ? *own : options;
    if (world.rank() == teller) {
        common.request = own->request;
    }
    mpi::broadcast(world, common.request, teller);
    return common;
}

RankFacts own_facts(const RunOptions& options, int rank) {
    RankFacts facts;
    facts.rank = static_cast<std::uint32_t>(rank);
    facts.host = host_name();
    facts.version = BENCHHOST_VERSION;
    facts.cpus = machine::allowed_cpus();
    facts.machine = machine::describe_machine();
    const auto config = suite::requested_config(options.request);
    if (!config) {
        facts.config_error = config.error().message;
        return facts;
    }
    facts.config_hash = machine::sha256_of_text(config->text);
    facts.server_host = config->cluster.server_host.value_or("");
    return facts;
}

/// The plugins that a suite uses, by file name.
Hashes hashes_used(const suite::PreparedSuite& suite) {
    Hashes hashes;
    for (const auto& [path, hash] : suite.plugin_hashes) {
        hashes[fs::path(path).filename().string()] = hash;
    }
    return hashes;
}

/// Those of them that this host has too.
Hashes hashes_here(const RunOptions& options, const Hashes& used) {
    Hashes hashes;
    const auto installation = plugin::locate_installation(options.request.plugin_directories);
    if (!installation) {
        return hashes;
    }
    for (const auto& directory : installation->plugin_directories) {
        for (const auto& [file, hash] : used) {
            auto own = machine::sha256_of(directory / file);
            if (own && hashes.count(file) == 0) {
                hashes[file] = *own;
            }
        }
    }
    return hashes;
}

Result<suite::PreparedSuite> prepare(const RunOptions& options, const RankFacts& own) {
    const auto installation = plugin::locate_installation(options.request.plugin_directories);
    if (!installation) {
        return with_context(own.host, installation.error());
    }
    auto suite = suite::prepare_suite(options.request, *installation, print_notice);
    return suite ? std::move(suite) : with_context(own.host, suite.error());
}

bool all_are_elsewhere(const suite::PreparedSuite& suite) {
    return std::all_of(suite.servers.begin(), suite.servers.end(),
                       [](const auto& server) { return server.url.has_value(); });
}

Nanoseconds least_duration(const suite::PreparedSuite& suite) {
    Nanoseconds sum{};
    for (const auto& trial : suite.plan) {
        const auto profile =
            std::find_if(suite.config.profiles.begin(), suite.config.profiles.end(),
                         [&](const auto& each) { return each.name == trial.profile; });
        sum += profile->warmup + profile->duration;
    }
    return sum;
}

/// Where the servers listen: loopback, unless load comes from another host.
Status choose_address(suite::PreparedSuite& suite, const std::vector<RankFacts>& ranks) {
    const auto other = std::find_if(ranks.begin(), ranks.end(), [&](const auto& rank) {
        return rank.host != ranks.front().host;
    });
    const auto& interface = suite.config.cluster.interface;
    if (!interface && other != ranks.end()) {
        return Error{ErrorCode::usage,
                     fmt::format("load comes from {}, so [cluster] interface = NAME has to name "
                                 "the network interface of {} that the servers listen on",
                                 other->host, ranks.front().host)};
    }
    if (!interface) {
        return {};
    }
    auto address = cluster::address_of_interface(*interface);
    if (!address) {
        return with_context(ranks.front().host, address.error());
    }
    suite.address = std::move(*address);
    return {};
}

/// What the coordinator needs beyond a suite.
struct Setup {
    suite::PreparedSuite suite;
    cluster::CpuShares shares;
    bool runs_servers = true;
};

Result<Setup> set_up(const RunOptions& options, const std::vector<RankFacts>& ranks) {
    auto suite = prepare(options, ranks.front());
    if (!suite) {
        return suite.error();
    }
    Setup setup{std::move(*suite), {}, true};
    setup.runs_servers = !all_are_elsewhere(setup.suite);
    if (setup.runs_servers && ranks.size() < 2) {
        return Error{ErrorCode::usage,
                     "one rank runs the servers and the others generate load, but there is only "
                     "one: start at least two, such as mpirun -n 2"};
    }
    auto shares = cluster::share_cpus(ranks, setup.suite.config.limits, !setup.runs_servers);
    if (!shares) {
        return shares.error();
    }
    setup.shares = std::move(*shares);
    setup.suite.cpus = setup.shares.server;
    if (setup.runs_servers) {
        if (auto chosen = choose_address(setup.suite, ranks); !chosen) {
            return chosen.error();
        }
    }
    return setup;
}

/// Collective. What all ranks have to know before the first load: whether there will be one, and
/// with which plugins. Empty: go on.
std::string agree_on_plugins(const RunOptions& options, const std::vector<RankFacts>& ranks,
                             cluster::Link& link, const Result<Setup>* setup) {
    std::string problem;
    Hashes used;
    if (setup != nullptr && *setup) {
        used = hashes_used((*setup)->suite);
    } else if (setup != nullptr) {
        problem = setup->error().message;
    }
    mpi::broadcast(link.ranks(), used, 0);
    if (link.rank() != 0) {
        const auto own = static_cast<std::size_t>(link.rank());
        const auto checked =
            cluster::check_plugins(ranks.front(), used, ranks[own], hashes_here(options, used));
        problem = checked ? "" : checked.error().message;
    }
    std::vector<std::string> problems;
    mpi::all_gather(link.ranks(), problem, problems);
    const auto first = std::find_if(problems.begin(), problems.end(),
                                    [](const auto& each) { return !each.empty(); });
    return first == problems.end() ? "" : *first;
}

void print_roles(const Setup& setup, const std::vector<RankFacts>& ranks) {
    for (const auto& line : cluster::describe_roles(ranks, setup.shares, setup.runs_servers)) {
        print("{}\n", line);
    }
    if (setup.runs_servers) {
        print("the servers listen on {}\n", setup.suite.address);
    }
}

void warn_of_open_port(const Setup& setup) {
    if (setup.suite.config.cluster.interface && setup.runs_servers) {
        tell(
            "benchhost: warning: the servers listen on {} ({}): whoever reaches that "
            "network reaches the port of each, for at least {} in all\n",
            setup.suite.address, *setup.suite.config.cluster.interface,
            format_duration(least_duration(setup.suite)));
    }
}

ClusterOutcome coordinate(const RunOptions& options, std::vector<RankFacts> ranks,
                          cluster::Link& link, const Result<Setup>& setup) {
    const auto& interrupted = watch_for_interrupt();
    auto machine = ranks.front().machine;
    machine.merge(cluster::host_facts(ranks, setup->shares, setup->runs_servers));
    cluster::ClusterGenerator generator(link, std::move(ranks), setup->shares,
                                        {interrupted, watch_for_warning()});
    warn_of_open_port(*setup);
    const int exit_code = measure_suite(options, setup->suite, generator, machine);
    return {exit_code, generator.lost().has_value()};
}

/// One line instead of one a rank.
ClusterOutcome refuse(const Error& error, bool speaks) {
    return {speaks ? report_error(error) : 0, false};
}

}  // namespace

ClusterOutcome run_cluster(const RunOptions& asked, mpi::communicator world) {
    const bool first = world.rank() == 0;
    const auto options = common_options(asked, world);
    if (!options) {
        return refuse(options.error(), first);
    }
    std::vector<RankFacts> ranks;
    mpi::all_gather(world, own_facts(*options, world.rank()), ranks);
    const auto coordinator = cluster::agree_on_coordinator(ranks);
    if (!coordinator) {
        return refuse(coordinator.error(), first);
    }
    // The coordinator is rank 0 of the link, the others follow in mpirun's order.
    const bool coordinates = static_cast<std::uint32_t>(world.rank()) == *coordinator;
    cluster::Link link(world.split(0, coordinates ? 0 : world.rank() + 1));
    std::stable_partition(ranks.begin(), ranks.end(),
                          [&](const auto& rank) { return rank.rank == *coordinator; });
    std::optional<Result<Setup>> setup;
    if (coordinates) {
        setup.emplace(set_up(*options, ranks));
    }
    const auto problem = agree_on_plugins(*options, ranks, link, setup ? &*setup : nullptr);
    if (!problem.empty()) {
        return refuse({ErrorCode::usage, problem}, coordinates);
    }
    if (coordinates && options->dry_run) {
        print_roles(**setup, ranks);
        print_plan((*setup)->suite);
    }
    if (options->dry_run) {
        return {};
    }
    if (coordinates) {
        return coordinate(*options, std::move(ranks), link, *setup);
    }
    cluster::serve_orders(link, watch_for_interrupt());
    return {};
}

}  // namespace benchhost::cli

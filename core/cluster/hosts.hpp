// Who does what: the ranks of an MPI program, their hosts, and which of them runs the servers.
#pragma once

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/suite/suite_request.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace benchhost::cluster {

/// What a rank tells the others before anything else.
struct RankFacts {
    std::uint32_t rank = 0;  ///< as mpirun numbers them
    std::string host;
    std::string version;         ///< of benchhost
    std::string config_hash;     ///< SHA-256 of the config as it was read, --set included
    std::string config_error;    ///< why it could not be read; empty: it was
    std::string server_host;     ///< [cluster] server_host; empty: not set
    std::vector<unsigned> cpus;  ///< that it may use
    std::map<std::string, std::string> machine;  ///< machine::describe_machine()
};
BOOST_DESCRIBE_STRUCT(RankFacts, (),
                      (rank, host, version, config_hash, config_error, server_host, cpus, machine))

/// "load1 (rank 2)"
std::string name_of(const RankFacts& rank);

/// Which rank runs the servers: the lowest on the host that the config names, else rank 0. The
/// error (code usage) names what the ranks do not agree on with both values, or the host that is
/// not there. The same on every rank that holds the same facts.
Result<std::uint32_t> agree_on_coordinator(const std::vector<RankFacts>& ranks);

/// The processors of each rank's load threads, by place in `ranks`; empty: it generates nothing.
struct CpuShares {
    machine::CpuSplit server;  ///< on the coordinator's host
    std::vector<std::vector<unsigned>> generators;
};

/// `ranks` begins with the coordinator, which generates only when `coordinator_generates`. Ranks
/// on the coordinator's host divide it with the servers as [limits] says; a host of its own gives
/// all its processors, or client_cpus. Ranks that share a host share its processors.
Result<CpuShares> share_cpus(const std::vector<RankFacts>& ranks, const config::Limits& limits,
                             bool coordinator_generates);

/// A line for each rank: what it does, on which processors.
std::vector<std::string> describe_roles(const std::vector<RankFacts>& ranks,
                                        const CpuShares& shares, bool runs_servers);

/// For results.json and the report: the hosts, what they do, and where a host's machine differs
/// from the coordinator's.
std::map<std::string, std::string> host_facts(const std::vector<RankFacts>& ranks,
                                              const CpuShares& shares, bool runs_servers);

/// The error (code usage) for a plugin that one rank has in another version than the coordinator,
/// by file name; both SHA-256 are named. A rank without the plugin needs none.
Status check_plugins(const RankFacts& coordinator, const std::map<std::string, std::string>& used,
                     const RankFacts& other, const std::map<std::string, std::string>& found);

}  // namespace benchhost::cluster

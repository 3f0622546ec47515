// Two builds of a plugin as one suite: base, head and base again in turn, block by block, so that
// whatever changes on the machine meets all of them alike.
#pragma once

#include "core/base/result.hpp"
#include "core/plugin/installation.hpp"
#include "core/results/arm_trial.hpp"
#include "core/suite/suite_request.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace benchhost::suite {

/// What `benchhost compare` asks of two plugins. `suite.servers` picks among what both offer; the
/// config's own choice of servers is not looked at, and of its [server.ID] sections only those that
/// the plugins offer.
struct PairedRequest {
    SuiteRequest suite;
    std::filesystem::path base_plugin;
    std::filesystem::path head_plugin;
    std::uint32_t blocks = 10;
};

/// A suite whose servers are the arms: "base:ID", "head:ID" and "again:ID" for each pair.
struct PairedSuite {
    struct Member {
        results::Arm arm = results::Arm::base;
        std::string pair;    ///< the same for the three arms of one pair
        std::string server;  ///< the id in its own plugin
    };
    PreparedSuite suite;
    std::map<std::string, Member> members;  ///< by the suite's server id
    std::string base_name;                  ///< the file and the beginning of its hash
    std::string head_name;
    std::vector<std::string> only_in_base;  ///< servers that the head does not have any more
    std::vector<std::string> warnings;      ///< what is new in the head
};

/// Describes both plugins and pairs their servers: by id, or, when each offers one server only,
/// these two. Every error is one the user can mend (usage).
Result<PairedSuite> prepare_paired(const PairedRequest& request,
                                   const plugin::Installation& installation);

/// The part of it that comes once the servers of both plugins are known.
Result<PairedSuite> pair_servers(const PairedRequest& request, config::SuiteConfig config,
                                 const std::vector<plugin::ServerUnderTest>& base,
                                 const std::vector<plugin::ServerUnderTest>& head,
                                 const std::filesystem::path& serve_executable);

/// The trials that run_suite gave for such a suite, each with its block and arm.
std::vector<results::ArmTrial> arm_trials(const PairedSuite& paired,
                                          const results::ResultSet& results);

}  // namespace benchhost::suite

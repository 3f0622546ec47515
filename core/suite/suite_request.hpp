// What the command line asks of a suite, and the suite once everything is known to be right.
#pragma once

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/machine/topology.hpp"
#include "core/plugin/catalog.hpp"
#include "core/plugin/installation.hpp"
#include "core/suite/plan.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::suite {

/// Of one suite: a month of trials of ten seconds. Its plan is kept in memory and in the journal.
inline constexpr std::uint64_t kMostTrials = 250'000;

/// The flags of `benchhost run` that decide what is measured. Kept in the journal, so that a
/// resumed suite is the same suite.
struct SuiteRequest {
    std::filesystem::path config;
    std::vector<std::string> overrides;  ///< SECTION.KEY=VALUE
    std::vector<std::string> servers;    ///< patterns; empty: as in the config
    std::vector<std::string> profiles;   ///< patterns; empty: all
    std::optional<std::uint32_t> repeats;
    std::optional<std::uint64_t> seed;
    bool quick = false;
    std::vector<std::filesystem::path> plugin_directories;  ///< --plugin-dir
    /// Where relative paths begin, and a resumed suite goes on; empty: where we stand.
    std::filesystem::path directory;
};
BOOST_DESCRIBE_STRUCT(SuiteRequest, (),
                      (config, overrides, servers, profiles, repeats, seed, quick,
                       plugin_directories, directory))

/// A suite that can be run: nothing in it can be refused any more.
struct PreparedSuite {
    SuiteRequest request;
    config::SuiteConfig config;
    std::vector<plugin::ServerUnderTest> servers;
    Plan plan;
    machine::CpuSplit cpus;
    std::string address = "127.0.0.1";  ///< where the servers listen, IPv4
    std::filesystem::path serve_executable;
    std::map<std::string, std::string> plugin_hashes;  ///< plugin file -> SHA-256
    std::optional<std::string> payload_hash;           ///< SHA-256 of the user's own file
    std::map<std::string, std::string> files;          ///< what else is measured: measured_files()
    std::vector<std::string> warnings;                 ///< of what was left out, or says too little
};

/// The config with the flags of the request applied.
Result<config::SuiteConfig> requested_config(const SuiteRequest& request);

/// Whether servers can run here as the user of [limits]. The error (code usage) names file:line.
Status check_user(const config::SuiteConfig& config);

/// The suite of these servers: rounds of all of them under every profile. Hashes the plugins and
/// divides the processors.
Result<PreparedSuite> make_suite(const SuiteRequest& request, config::SuiteConfig config,
                                 std::vector<plugin::ServerUnderTest> servers,
                                 const std::filesystem::path& serve_executable);

/// Reads the config, finds the servers, makes the plan. Writes nothing. Every error is one the user
/// can mend (usage), except a broken installation. `notice` says what is waited for.
Result<PreparedSuite> prepare_suite(const SuiteRequest& request,
                                    const plugin::Installation& installation,
                                    const plugin::Notice& notice = {});

}  // namespace benchhost::suite

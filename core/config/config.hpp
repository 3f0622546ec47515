// What the user asked for: an INI file, checked, with the place every value came from.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/model/fail_condition.hpp"
#include "core/model/gate_metric.hpp"
#include "core/model/load_model.hpp"
#include "core/model/payload.hpp"
#include "core/model/process_limits.hpp"
#include "core/model/request_spec.hpp"
#include "core/model/route.hpp"

#include <boost/describe/enum.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::config {

/// Where in the config something stands. Line 0: on the command line, and `file` is then the option
/// ("--set profile.text.duration").
struct Location {
    std::string file;
    std::uint32_t line = 0;
};
std::string to_string(const Location& location);  ///< "config/text.ini:12"

/// [profile.<name>]
struct LoadProfile {
    std::string name;
    Location where;
    model::Route route = model::Route::text;
    std::vector<model::RequestSpec> requests;  ///< instead of a route, when there are any
    model::Picks picks;                        ///< that they name
    bool is_flow = false;                      ///< they are asked one after the other by each user
    bool keeps_cookies = false;
    model::TrialLoad load = model::ClosedLoop{};
    Nanoseconds duration = std::chrono::seconds(10);
    Nanoseconds warmup = std::chrono::seconds(2);
    Nanoseconds timeout = std::chrono::seconds(2);
    bool keep_alive = true;
    std::optional<std::uint32_t> connection_requests;  ///< then it is closed; absent: any number
    std::uint32_t pipeline = 1;
    model::Verify verify = model::Verify::full;
    std::optional<std::string> csv;
};

/// A set of processors; empty = not set. `automatic` lets the suite divide the machine.
struct CpuChoice {
    bool automatic = true;
    std::vector<unsigned> cpus;
    Location where = {};
};

/// What JSON readers keep exact: the seed stands in the results.
constexpr std::uint64_t kMostSeed = std::numeric_limits<std::int64_t>::max();

constexpr std::uint64_t kMostRounds = 1000;  ///< `repeats`
constexpr std::uint64_t kMostBlocks = 250;   ///< of a comparison; each is two rounds of all arms

/// What every run writes into the folder of its results.
constexpr std::array<std::string_view, 5> kRunFiles{"results.json", "report.md", "journal", "work",
                                                    "payload"};

/// Besides a thread for each connection: workers, helpers, a runtime's own.
constexpr std::uint64_t kUsualProcesses = 4096;
constexpr std::uint64_t kMostProcesses = 4'194'304;  ///< the kernel's own bound (pid_max)

/// Open files of a server, of which some need one for each connection.
constexpr std::uint64_t kUsualFiles = 999'999;

/// [limits]
struct Limits {
    CpuChoice server_cpus;
    CpuChoice client_cpus;
    /// Of one server; its processors are chosen later, and so is `processes` when it is absent:
    /// process_limit().
    model::ProcessLimits server = {{}, {}, kUsualFiles, {}};
    std::optional<std::string> user;  ///< as whom servers run; absent: as benchhost itself
    Location user_where;
};

/// [server.<id>]: a plugin's server with options of its own, or one already running (url).
struct ServerDefinition {
    std::string id;
    Location where;
    std::optional<std::string> plugin;  ///< id of a plugin's server; default: the section's own id
    std::optional<std::string> url;     ///< exclusive with plugin
    struct Option {
        std::string key;
        std::string value;
        Location where;
    };
    std::vector<Option> options;  ///< every other key; checked against the plugin's own list later
};

/// [gate]: what a comparison of two builds decides about; absent: as `benchhost compare` has it.
struct GateSpec {
    struct Tolerance {
        model::GateMetric metric;
        double share = 0;  ///< 0.05 lets 5 % pass
    };
    std::vector<Tolerance> tolerances;  ///< exactly these metrics are gated; empty: the usual ones
    std::optional<double> alpha;
    std::optional<std::uint32_t> blocks;
    std::vector<model::FailCondition> fail_if;  ///< of each row of a run
};

/// [cluster]: where things run under MPI; benchhost itself needs none of it.
struct ClusterSpec {
    std::optional<std::string> server_host;  ///< that runs the servers; absent: rank 0's
    std::optional<std::string> interface;    ///< of that host, where the servers listen
};

struct SuiteConfig {
    std::filesystem::path path;
    std::string text;  ///< the file as read, and a comment for each --set; kept for the results
    std::string name;
    std::vector<std::string> servers = {"*"};  ///< ids and globs; "!glob" leaves out
    Location servers_where;
    std::uint32_t repeats = 5;
    std::uint32_t retries = 2;  ///< times that a trial which the machine spoilt is run again
    Nanoseconds calm = std::chrono::seconds(3);  ///< before a trial, the longest wait for a machine
                                                 ///< that nobody else uses; 0: none
    std::uint64_t seed = 1;
    model::PayloadSpec payload;
    std::vector<LoadProfile> profiles;  ///< in the order of the file, at least one
    std::vector<model::RequestSpec> requests;
    model::Picks picks;  ///< that requests name
    Limits limits;
    std::vector<ServerDefinition> definitions;
    GateSpec gate;
    ClusterSpec cluster;
};

/// `--set SECTION.KEY=VALUE`, applied before validation.
struct Override {
    std::string section;
    std::string key;
    std::string value;
};
/// Section and key may both contain dots; which ends where is settled by the sections of the config
/// that read_config reads.
Result<Override> parse_override(const std::string& text);

/// Reads and checks a config. The error is of code usage: a line for each thing that is wrong,
/// which begins with file:line and names the value, what is allowed and, for an unknown name, the
/// nearest known one.
Result<SuiteConfig> read_config(const std::filesystem::path& path,
                                const std::vector<Override>& overrides = {});

/// [limits] processes or, when it is not set, what a server needs that has a thread for each
/// connection: 4096, and as many as a profile of the suite may open.
std::uint64_t process_limit(const SuiteConfig& config);

/// The config for a quick look: 1 round, nothing run again, short warm-up, duration and timeout,
/// same everything else.
SuiteConfig quick(SuiteConfig config);

}  // namespace benchhost::config

#include "core/suite/suite_request.hpp"

#include "core/base/names.hpp"
#include "core/config/window_check.hpp"
#include "core/machine/cpu_list.hpp"
#include "core/machine/file_hash.hpp"
#include "core/machine/topology.hpp"
#include "core/machine/user.hpp"
#include "core/suite/measured_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace benchhost::suite {
namespace {

Status keep_profiles(config::SuiteConfig& config, const std::vector<std::string>& patterns) {
    if (patterns.empty()) {
        return {};
    }
    std::vector<std::string> names;
    for (const auto& profile : config.profiles) {
        names.push_back(profile.name);
    }
    const auto kept = select_names(names, patterns);
    if (!kept) {
        return with_context("--profiles", kept.error());
    }
    const auto unwanted = [&](const config::LoadProfile& profile) {
        return std::find(kept->begin(), kept->end(), profile.name) == kept->end();
    };
    config.profiles.erase(std::remove_if(config.profiles.begin(), config.profiles.end(), unwanted),
                          config.profiles.end());
    return {};
}

/// Of this machine, so that it can be told only now.
Status check_cpus(const config::Limits& limits) {
    for (const auto& [key, choice] :
         {std::pair{"server_cpus", &limits.server_cpus}, {"client_cpus", &limits.client_cpus}}) {
        if (const auto ours = machine::check_ours(choice->cpus, machine::allowed_cpus()); !ours) {
            return with_context(fmt::format("{}: {}", to_string(choice->where), key), ours.error());
        }
    }
    return {};
}

Status check_size(std::size_t servers, std::size_t profiles, std::uint32_t rounds) {
    // Each is bounded by the size of a config or of the command line: their product fits.
    const std::uint64_t trials = std::uint64_t{servers} * profiles * rounds;
    if (trials > kMostTrials) {
        return Error{
            ErrorCode::usage,
            fmt::format("{} servers x {} profiles x {} rounds are {} trials; allowed: up to {}; "
                        "measure them in parts, by --servers or --profiles",
                        servers, profiles, rounds, trials, kMostTrials)};
    }
    return {};
}

}  // namespace

Result<config::SuiteConfig> requested_config(const SuiteRequest& request) {
    std::vector<config::Override> overrides;
    for (const auto& text : request.overrides) {
        auto parsed = config::parse_override(text);
        if (!parsed) {
            return parsed.error();
        }
        overrides.push_back(std::move(*parsed));
    }
    auto config = config::read_config(request.config, overrides);
    if (!config) {
        return config;
    }
    if (request.quick) {
        config = config::quick(std::move(*config));
    }
    if (!request.servers.empty()) {
        config->servers = request.servers;
        config->servers_where = {"--servers", 0};
    }
    config->repeats = request.repeats.value_or(config->repeats);
    config->seed = request.seed.value_or(config->seed);
    if (auto kept = keep_profiles(*config, request.profiles); !kept) {
        return kept.error();
    }
    return config;
}

Status check_user(const config::SuiteConfig& config) {
    const auto& limits = config.limits;
    if (!limits.user) {
        return {};
    }
    const auto user = machine::user_to_become(*limits.user);
    return user ? Status{} : with_context(to_string(limits.user_where) + ": user", user.error());
}

Result<PreparedSuite> make_suite(const SuiteRequest& request, config::SuiteConfig config,
                                 std::vector<plugin::ServerUnderTest> servers,
                                 const std::filesystem::path& serve_executable) {
    if (auto small = check_size(servers.size(), config.profiles.size(), config.repeats); !small) {
        return with_context(config.path.string(), small.error());
    }
    PreparedSuite suite;
    suite.warnings = config::window_warnings(config);
    suite.request = request;
    suite.servers = std::move(servers);
    suite.serve_executable = serve_executable;
    std::vector<std::string> ids;
    for (const auto& server : suite.servers) {
        ids.push_back(server.id);
        if (!server.url && !server.unusable &&
            suite.plugin_hashes.count(server.plugin.string()) == 0) {
            auto hash = machine::sha256_of(server.plugin);
            if (!hash) {
                return hash.error();
            }
            suite.plugin_hashes[server.plugin.string()] = *hash;
        }
    }
    if (const auto& file = config.payload.file_path) {
        auto hash = machine::sha256_of(*file);
        if (!hash) {
            return with_context("[payload] file", hash.error());
        }
        suite.payload_hash = *hash;
    }
    suite.files = measured_files(suite.servers, serve_executable, request.directory);
    std::vector<std::string> profiles;
    for (const auto& profile : config.profiles) {
        profiles.push_back(profile.name);
    }
    suite.plan = make_plan(ids, profiles, config.repeats, config.seed);
    if (auto ours = check_cpus(config.limits); !ours) {
        return ours.error();
    }
    auto division =
        machine::divide_cpus(machine::read_topology(),
                             {config.limits.server_cpus.automatic, config.limits.server_cpus.cpus},
                             {config.limits.client_cpus.automatic, config.limits.client_cpus.cpus});
    if (!division) {
        return with_context(config.path.string(), division.error());
    }
    suite.cpus = *division;
    suite.config = std::move(config);
    return suite;
}

Result<PreparedSuite> prepare_suite(const SuiteRequest& request,
                                    const plugin::Installation& installation,
                                    const plugin::Notice& notice) {
    auto config = requested_config(request);
    if (!config) {
        return config.error();
    }
    if (auto checked = check_user(*config); !checked) {
        return checked.error();
    }
    const auto catalog = plugin::read_catalog(installation, notice, config->limits.user);
    auto servers = plugin::resolve_servers(catalog, *config);
    if (!servers) {
        return servers.error();
    }
    const auto warnings = plugin::catalog_warnings(catalog, *servers);
    auto suite =
        make_suite(request, std::move(*config), std::move(*servers), installation.serve_executable);
    if (suite) {
        suite->warnings.insert(suite->warnings.begin(), warnings.begin(), warnings.end());
    }
    return suite;
}

}  // namespace benchhost::suite

#include "core/suite/paired_suite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace benchhost::suite {
namespace {

using results::Arm;
using Servers = std::vector<plugin::ServerUnderTest>;

/// The servers of one plugin that the request picks, with the options that the config gives them.
Result<Servers> servers_of(const std::filesystem::path& plugin, config::SuiteConfig config,
                           const SuiteRequest& request, const plugin::Installation& installation) {
    // Absolute, because servers run in folders of their own.
    auto described = plugin::describe_plugin(installation.serve_executable,
                                             std::filesystem::absolute(plugin), config.limits.user);
    if (!described) {
        return Error{ErrorCode::usage,
                     fmt::format("{}: {}", plugin.string(), described.error().message)};
    }
    const plugin::Catalog catalog{{std::move(*described)}, {}};
    const auto is_foreign = [&](const config::ServerDefinition& definition) {
        return definition.url ||
               catalog.find(definition.plugin.value_or(definition.id)).server == nullptr;
    };
    auto& definitions = config.definitions;
    definitions.erase(std::remove_if(definitions.begin(), definitions.end(), is_foreign),
                      definitions.end());
    config.servers = request.servers.empty() ? std::vector<std::string>{"*"} : request.servers;
    config.servers_where = {request.servers.empty() ? plugin.string() : "--servers", 0};
    return plugin::resolve_servers(catalog, config);
}

std::string ids_of(const Servers& servers) {
    std::vector<std::string> ids;
    for (const auto& server : servers) {
        ids.push_back(server.id);
    }
    return fmt::format("{}", fmt::join(ids, ", "));
}

using Pairs = std::vector<std::pair<plugin::ServerUnderTest, plugin::ServerUnderTest>>;

/// What is in one of the plugins only goes into `paired`.
Pairs pairs_of(const Servers& base, const Servers& head, PairedSuite& paired) {
    if (base.size() == 1 && head.size() == 1) {
        return {{base.front(), head.front()}};
    }
    const auto with_id = [](const Servers& servers, const std::string& id) {
        return std::find_if(servers.begin(), servers.end(),
                            [&](const plugin::ServerUnderTest& server) { return server.id == id; });
    };
    Pairs pairs;
    for (const auto& server : base) {
        const auto partner = with_id(head, server.id);
        if (partner != head.end()) {
            pairs.emplace_back(server, *partner);
        } else {
            paired.only_in_base.push_back(server.id);
        }
    }
    for (const auto& server : head) {
        if (with_id(base, server.id) == base.end()) {
            paired.warnings.push_back(server.id + " is only in head");
        }
    }
    return pairs;
}

const char* prefix_of(Arm arm) {
    switch (arm) {
        case Arm::base:
            return "base:";
        case Arm::head:
            return "head:";
        case Arm::again:
            break;
    }
    return "again:";
}

std::string name_with_hash(const std::filesystem::path& plugin, const PreparedSuite& suite,
                           const plugin::ServerUnderTest& server) {
    constexpr std::size_t kShort = 8;
    return fmt::format("{} ({})", plugin.string(),
                       suite.plugin_hashes.at(server.plugin.string()).substr(0, kShort));
}

}  // namespace

Result<PairedSuite> prepare_paired(const PairedRequest& request,
                                   const plugin::Installation& installation) {
    auto config = requested_config(request.suite);
    if (!config) {
        return config.error();
    }
    if (auto checked = check_user(*config); !checked) {
        return checked.error();
    }
    const auto base = servers_of(request.base_plugin, *config, request.suite, installation);
    if (!base) {
        return with_context("--base-plugin", base.error());
    }
    const auto head = servers_of(request.head_plugin, *config, request.suite, installation);
    if (!head) {
        return with_context("--head-plugin", head.error());
    }
    return pair_servers(request, std::move(*config), *base, *head, installation.serve_executable);
}

Result<PairedSuite> pair_servers(const PairedRequest& request, config::SuiteConfig config,
                                 const std::vector<plugin::ServerUnderTest>& base,
                                 const std::vector<plugin::ServerUnderTest>& head,
                                 const std::filesystem::path& serve_executable) {
    PairedSuite paired;
    const auto pairs = pairs_of(base, head, paired);
    if (pairs.empty()) {
        return Error{ErrorCode::usage, fmt::format("the plugins have no server in common: base "
                                                   "offers {}, head offers {}",
                                                   ids_of(base), ids_of(head))};
    }
    Servers arms;
    std::vector<std::vector<std::string>> groups;
    for (const auto& [of_base, of_head] : pairs) {
        auto& group = groups.emplace_back();
        for (const Arm arm : {Arm::base, Arm::head, Arm::again}) {
            auto& server = arms.emplace_back(arm == Arm::head ? of_head : of_base);
            const auto own_id = std::exchange(server.id, prefix_of(arm) + of_head.id);
            paired.members[server.id] = {arm, of_head.id, own_id};
            group.push_back(server.id);
        }
    }
    config.repeats = 2 * request.blocks;
    std::vector<std::string> profiles;
    for (const auto& profile : config.profiles) {
        profiles.push_back(profile.name);
    }
    auto suite = make_suite(request.suite, std::move(config), std::move(arms), serve_executable);
    if (!suite) {
        return suite.error();
    }
    suite->plan = make_mirrored_plan(groups, profiles, request.blocks, suite->config.seed);
    paired.base_name = name_with_hash(request.base_plugin, *suite, pairs.front().first);
    paired.head_name = name_with_hash(request.head_plugin, *suite, pairs.front().second);
    paired.suite = std::move(*suite);
    return paired;
}

std::vector<results::ArmTrial> arm_trials(const PairedSuite& paired,
                                          const results::ResultSet& results) {
    std::vector<results::ArmTrial> trials;
    const auto profiles = results::by_name(results.profiles, &results::ProfileInfo::name);
    for (const auto& trial : results.trials) {
        const auto& member = paired.members.at(trial.server);
        auto& added =
            trials.emplace_back(results::ArmTrial{member.arm, (trial.round + 1) / 2, trial});
        added.trial.server = member.server;
        added.pair = member.pair;
        if (const auto profile = profiles.find(trial.profile); profile != profiles.end()) {
            added.timeout = profile->second->timeout;
        }
    }
    return trials;
}

}  // namespace benchhost::suite

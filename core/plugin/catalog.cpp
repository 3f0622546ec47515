#include "core/plugin/catalog.hpp"

#include "core/base/names.hpp"
#include "core/base/printable.hpp"
#include "core/plugin/plugin_options.hpp"
#include "core/process/log_tail.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <system_error>

namespace benchhost::plugin {
namespace {

namespace fs = std::filesystem;
using Option = config::ServerDefinition::Option;

std::vector<fs::path> shared_libraries(const fs::path& directory) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (entry.path().extension() == ".so" && !entry.is_directory(error)) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

Error usage_at(const config::Location& where, const std::string& message) {
    return {ErrorCode::usage, fmt::format("{}: {}", to_string(where), message)};
}

Status check_options(const ServerDescription& server, const std::vector<Option>& options) {
    for (const auto& given : options) {
        const auto* option = find_option(server, given.key);
        if (option == nullptr) {
            std::vector<std::string> known = {"plugin", "url"};
            for (const auto& candidate : server.options) {
                known.push_back(candidate.key);
            }
            const auto near = nearest_name(given.key, known);
            return usage_at(
                given.where,
                fmt::format("server {} has no option {}{}", server.id, in_quotes(given.key),
                            near.empty() ? fmt::format("; it has: {}", fmt::join(known, ", "))
                                         : fmt::format("; did you mean \"{}\"?", near)));
        }
        if (const auto checked = check_value(*option, given.value); !checked) {
            return usage_at(given.where, shortened(given.key, 60) + ": " + checked.error().message);
        }
    }
    return {};
}

std::vector<std::string> offered_ids(const Catalog& catalog) {
    std::vector<std::string> ids;
    for (const auto& plugin : catalog.plugins) {
        for (const auto& server : plugin.servers) {
            ids.push_back(server.id);
        }
    }
    return ids;
}

ServerUnderTest unusable_server(const std::string& id, const PluginProblem& problem) {
    ServerUnderTest server;
    server.id = id;
    server.plugin = problem.path;
    server.unusable = problem.reason;
    return server;
}

/// For a server that no plugin offers: when there are some that cannot be loaded, it may be in one
/// of them, unless it is a misspelt one of `known`.
std::optional<ServerUnderTest> lost_server(const Catalog& catalog, const std::string& id,
                                           const std::string& wanted,
                                           const std::vector<std::string>& known) {
    const auto named = std::find_if(catalog.problems.begin(), catalog.problems.end(),
                                    [&](const PluginProblem& p) { return p.id() == wanted; });
    if (named != catalog.problems.end()) {
        return unusable_server(id, *named);
    }
    if (catalog.problems.empty() || !nearest_name(wanted, known).empty()) {
        return std::nullopt;
    }
    std::string lost;
    for (const auto& problem : catalog.problems) {
        lost += fmt::format("; {} {}", problem.path.filename().string(), problem.reason);
    }
    ServerUnderTest server;
    server.id = id;
    server.unusable =
        fmt::format("no plugin that can be loaded offers a server {}{}", in_quotes(wanted), lost);
    return server;
}

Result<ServerUnderTest> resolve_definition(const Catalog& catalog,
                                           const config::ServerDefinition& definition) {
    ServerUnderTest server;
    server.id = definition.id;
    if (definition.url) {
        server.url = definition.url;
        return server;
    }
    const auto& wanted = definition.plugin.value_or(definition.id);
    const auto found = catalog.find(wanted);
    if (found.server == nullptr) {
        const auto known = offered_ids(catalog);
        if (auto lost = lost_server(catalog, definition.id, wanted, known)) {
            return std::move(*lost);
        }
        const auto near = nearest_name(wanted, known);
        return usage_at(definition.where,
                        fmt::format("no plugin offers a server {}{}", in_quotes(wanted),
                                    near.empty() ? "; benchhost list shows those that were found"
                                                 : fmt::format("; did you mean \"{}\"?", near)));
    }
    if (auto checked = check_options(*found.server, definition.options); !checked) {
        return checked.error();
    }
    server.plugin = found.plugin->path;
    server.description = *found.server;
    for (const auto& option : definition.options) {
        server.options.emplace_back(option.key, option.value);
    }
    return server;
}

/// What is offered twice stays with the plugin that was found first.
void add_plugin(Catalog& catalog, PluginDescription plugin) {
    auto& servers = plugin.servers;
    for (auto server = servers.begin(); server != servers.end();) {
        if (const auto found = catalog.find(server->id); found.plugin != nullptr) {
            catalog.taken.push_back({server->id, found.plugin->path, plugin.path});
            server = servers.erase(server);
        } else {
            ++server;
        }
    }
    if (!servers.empty()) {
        catalog.plugins.push_back(std::move(plugin));
    }
}

bool names_one_server(const std::string& pattern) {
    return pattern.find_first_of("*?[!") == std::string::npos;
}

using ServersById = std::map<std::string, ServerUnderTest>;

std::vector<std::string> keys_of(const ServersById& servers) {
    std::vector<std::string> ids;
    ids.reserve(servers.size());
    for (const auto& [id, server] : servers) {
        ids.push_back(id);
    }
    return ids;
}

/// Those that run as they are, and those that would if their plugin could be loaded.
ServersById offered_servers(const Catalog& catalog) {
    ServersById known;
    for (const auto& plugin : catalog.plugins) {
        for (const auto& server : plugin.servers) {
            if (!server.needs_settings) {
                known[server.id] = {server.id, std::nullopt, plugin.path, server, {}};
            }
        }
    }
    for (const auto& problem : catalog.problems) {
        if (catalog.find(problem.id()).server == nullptr) {
            known.emplace(problem.id(), unusable_server(problem.id(), problem));
        }
    }
    return known;
}

/// What the config names and no plugin offers that could be asked.
Status add_lost_servers(ServersById& known, const Catalog& catalog,
                        const config::SuiteConfig& config) {
    const auto offered = keys_of(known);
    for (const auto& id : config.servers) {
        if (known.count(id) > 0 || !names_one_server(id)) {
            continue;
        }
        if (catalog.find(id).server != nullptr) {
            return usage_at(config.servers_where,
                            fmt::format("\"{0}\" needs a section of its own: [server.<id>] with "
                                        "plugin = {0} and what it is to run",
                                        id));
        }
        if (auto lost = lost_server(catalog, id, id, offered)) {
            known[id] = std::move(*lost);
        }
    }
    return {};
}

/// At least one of them can be measured.
Status refuse_unusable(const std::vector<ServerUnderTest>& servers, const config::Location& where) {
    std::string reasons;
    for (const auto& server : servers) {
        if (!server.unusable) {
            return {};
        }
        reasons += fmt::format("\n  {}: {}", server.id, *server.unusable);
    }
    return usage_at(where, "nothing is left to measure:" + reasons);
}

}  // namespace

Catalog::Found Catalog::find(const std::string& id) const {
    for (const auto& plugin : plugins) {
        for (const auto& server : plugin.servers) {
            if (server.id == id) {
                return {&plugin, &server};
            }
        }
    }
    return {};
}

std::string PluginProblem::id() const { return printable(path.stem().string()); }

std::string to_string(const TakenId& taken) {
    return fmt::format(
        "two plugins offer a server \"{}\": {} was found first and is used, that of {} is left "
        "out; give one of them another id",
        taken.id, taken.used.string(), taken.left_out.string());
}

Catalog read_catalog(const Installation& installation, const Notice& notice,
                     const std::optional<std::string>& user) {
    std::vector<fs::path> paths;
    for (const auto& directory : installation.plugin_directories) {
        const auto found = shared_libraries(directory);
        paths.insert(paths.end(), found.begin(), found.end());
    }
    auto described = ask_all(
        paths.size(),
        [&](std::size_t i) {
            return describe_plugin(installation.serve_executable, paths[i], user);
        },
        [&](const std::vector<std::size_t>& slow) {
            std::vector<std::string> names;
            for (const auto i : slow) {
                names.push_back(paths[i].string());
            }
            if (notice) {
                notice(fmt::format("waiting for {} to say what it offers", fmt::join(names, ", ")));
            }
        });
    Catalog catalog;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (described[i]) {
            add_plugin(catalog, std::move(*described[i]));
        } else {
            const auto& fault = described[i].error();
            catalog.problems.push_back(
                {paths[i],
                 fmt::format("cannot be {}: {}", fault.loaded ? "used" : "loaded", fault.message)});
        }
    }
    return catalog;
}

Result<std::vector<ServerUnderTest>> resolve_servers(const Catalog& catalog,
                                                     const config::SuiteConfig& config) {
    auto known = offered_servers(catalog);
    for (const auto& definition : config.definitions) {
        auto resolved = resolve_definition(catalog, definition);
        if (!resolved) {
            return resolved.error();
        }
        known[definition.id] = std::move(*resolved);
    }
    if (known.empty()) {
        return usage_at(
            config.servers_where,
            "no server was found: put a plugin .so into a folder given by --plugin-dir");
    }
    if (auto added = add_lost_servers(known, catalog, config); !added) {
        return added.error();
    }
    const auto chosen = select_names(keys_of(known), config.servers);
    if (!chosen) {
        return with_context(to_string(config.servers_where), chosen.error());
    }
    std::vector<ServerUnderTest> servers;
    for (const auto& id : *chosen) {
        servers.push_back(known.at(id));
    }
    if (auto refused = refuse_unusable(servers, config.servers_where); !refused) {
        return refused.error();
    }
    return servers;
}

std::vector<std::string> catalog_warnings(const Catalog& catalog,
                                          const std::vector<ServerUnderTest>& servers) {
    std::vector<std::string> warnings;
    for (const auto& problem : catalog.problems) {
        const bool has_row =
            std::any_of(servers.begin(), servers.end(), [&](const ServerUnderTest& server) {
                return server.unusable && server.plugin == problem.path;
            });
        if (has_row) {
            continue;
        }
        auto& warning = warnings.emplace_back(
            fmt::format("{}: {}; it is left out", problem.path.string(), problem.reason));
        if (const auto other = catalog.find(problem.id()); other.plugin != nullptr) {
            warning +=
                fmt::format(", and {} is that of {}", problem.id(), other.plugin->path.string());
        }
    }
    for (const auto& taken : catalog.taken) {
        warnings.push_back(to_string(taken));
    }
    return warnings;
}

}  // namespace benchhost::plugin

#include "core/suite/catalog.hpp"

#include "core/plan/plan.hpp"
#include "core/process/plugin_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;
using process::ServerDescription;
using Option = plan::ServerDefinition::Option;

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

Error usage_at(const plan::Location& where, const std::string& message) {
    return {ErrorCode::usage, fmt::format("{}: {}", to_string(where), message)};
}

Status check_options(const ServerDescription& server, const std::vector<Option>& options) {
    for (const auto& given : options) {
        const auto* option = process::find_option(server, given.key);
        if (option == nullptr) {
            std::vector<std::string> known = {"plugin", "url"};
            for (const auto& candidate : server.options) {
                known.push_back(candidate.key);
            }
            const auto near = plan::nearest(given.key, known);
            return usage_at(
                given.where,
                fmt::format("server {} has no option \"{}\"{}", server.id, given.key,
                            near.empty() ? fmt::format("; it has: {}", fmt::join(known, ", "))
                                         : fmt::format("; did you mean \"{}\"?", near)));
        }
        if (const auto checked = process::check_value(*option, given.value); !checked) {
            return usage_at(given.where, given.key + ": " + checked.error().message);
        }
    }
    return {};
}

Result<ServerUnderTest> resolve_definition(const Catalog& catalog,
                                           const plan::ServerDefinition& definition) {
    ServerUnderTest server;
    server.id = definition.id;
    if (definition.url) {
        server.url = definition.url;
        return server;
    }
    const auto& wanted = definition.plugin.value_or(definition.id);
    const auto found = catalog.find(wanted);
    if (found.server == nullptr) {
        std::vector<std::string> known;
        for (const auto& plugin : catalog.plugins) {
            for (const auto& candidate : plugin.servers) {
                known.push_back(candidate.id);
            }
        }
        const auto near = plan::nearest(wanted, known);
        return usage_at(definition.where,
                        fmt::format("no plugin offers a server \"{}\"{}", wanted,
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

Catalog read_catalog(const Installation& installation) {
    Catalog catalog;
    for (const auto& directory : installation.plugin_directories) {
        for (const auto& path : shared_libraries(directory)) {
            auto described = process::describe_plugin(installation.serve_executable, path);
            if (!described) {
                catalog.problems.push_back({path, described.error().message});
                continue;
            }
            std::string taken;
            for (const auto& server : described->servers) {
                if (const auto found = catalog.find(server.id); found.plugin != nullptr) {
                    taken = fmt::format("its server id \"{}\" is already taken by {}", server.id,
                                        found.plugin->path.string());
                }
            }
            if (taken.empty()) {
                catalog.plugins.push_back(std::move(*described));
            } else {
                catalog.problems.push_back({path, taken});
            }
        }
    }
    return catalog;
}

Result<std::vector<ServerUnderTest>> resolve_servers(const Catalog& catalog,
                                                     const plan::SuiteConfig& config) {
    std::map<std::string, ServerUnderTest> known;
    for (const auto& plugin : catalog.plugins) {
        for (const auto& server : plugin.servers) {
            if (!server.needs_settings) {
                known[server.id] = {server.id, std::nullopt, plugin.path, server, {}};
            }
        }
    }
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
    std::vector<std::string> ids;
    ids.reserve(known.size());
    for (const auto& [id, server] : known) {
        ids.push_back(id);
    }
    const auto chosen = plan::select(ids, config.servers);
    if (!chosen) {
        return with_context(to_string(config.servers_where), chosen.error());
    }
    std::vector<ServerUnderTest> servers;
    for (const auto& id : *chosen) {
        servers.push_back(known.at(id));
    }
    return servers;
}

}  // namespace benchhost::suite

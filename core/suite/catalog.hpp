// Every server that could be measured, and those that a config chose.
#pragma once

#include "core/base/result.hpp"
#include "core/plan/config.hpp"
#include "core/process/plugin_description.hpp"
#include "core/suite/installation.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::suite {

/// A .so that was found and is not usable.
struct PluginProblem {
    std::filesystem::path path;
    std::string reason;
};

struct Catalog {
    std::vector<process::PluginDescription> plugins;  ///< by path
    std::vector<PluginProblem> problems;              ///< also an id that is taken

    /// The server called `id` and the plugin that offers it, or nothing.
    struct Found {
        const process::PluginDescription* plugin = nullptr;
        const process::ServerDescription* server = nullptr;
    };
    Found find(const std::string& id) const;
};

/// Describes every *.so in the plugin folders, each in a child process.
Catalog read_catalog(const Installation& installation);

/// One server chosen for a suite: from a plugin, or already running at `url`.
struct ServerUnderTest {
    std::string id;
    std::optional<std::string> url;
    std::filesystem::path plugin;
    process::ServerDescription description;  ///< empty for a url
    std::vector<std::pair<std::string, std::string>> options;
};

/// The servers that config.servers picks out of the catalog and the config's own [server.*]
/// sections, by id. Errors (code usage) name file:line: an unknown plugin or option, a value of the
/// wrong type, a pattern that matches nothing, no server at all.
Result<std::vector<ServerUnderTest>> resolve_servers(const Catalog& catalog,
                                                     const plan::SuiteConfig& config);

}  // namespace benchhost::suite

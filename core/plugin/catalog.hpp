// Every server that could be measured, and those that a config chose.
#pragma once

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/plugin/ask_all.hpp"
#include "core/plugin/installation.hpp"
#include "core/plugin/plugin_description.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::plugin {

/// A .so that was found and cannot be used.
struct PluginProblem {
    std::filesystem::path path;
    std::string reason;  ///< "cannot be loaded: not a shared library"

    /// What its server is called as far as anybody can know: like the file.
    std::string id() const;
};

/// A server left out because one that was found before has its id.
struct TakenId {
    std::string id;
    std::filesystem::path used;
    std::filesystem::path left_out;
};
std::string to_string(const TakenId& taken);

struct Catalog {
    std::vector<PluginDescription> plugins;  ///< in search order, then by path
    std::vector<PluginProblem> problems;
    std::vector<TakenId> taken = {};

    /// The server called `id` and the plugin that offers it, or nothing.
    struct Found {
        const PluginDescription* plugin = nullptr;
        const ServerDescription* server = nullptr;
    };
    Found find(const std::string& id) const;
};

/// Describes every *.so in the plugin folders, each in a child process. `notice` says what is
/// waited for; they are loaded as `user`, or, when it is absent, as we are.
Catalog read_catalog(const Installation& installation, const Notice& notice = {},
                     const std::optional<std::string>& user = std::nullopt);

/// One server chosen for a suite: from a plugin, or already running at `url`.
struct ServerUnderTest {
    std::string id;
    std::optional<std::string> url;
    std::filesystem::path plugin;
    ServerDescription description;  ///< empty for a url
    std::vector<std::pair<std::string, std::string>> options;
    /// Why it can only be skipped: its plugin, of which nothing but `plugin` is known then, cannot
    /// be loaded.
    std::optional<std::string> unusable = std::nullopt;
};

/// The servers that config.servers picks out of the catalog and the config's own [server.*]
/// sections, by id; among them those that a plugin which cannot be loaded would offer. Errors (code
/// usage) name file:line: an unknown plugin or option, a value of the wrong type, a pattern that
/// matches nothing, no server at all, or none that is usable.
Result<std::vector<ServerUnderTest>> resolve_servers(const Catalog& catalog,
                                                     const config::SuiteConfig& config);

/// What a suite of `servers` has to say of the catalog's problems: those that none of its rows
/// tells.
std::vector<std::string> catalog_warnings(const Catalog& catalog,
                                          const std::vector<ServerUnderTest>& servers);

}  // namespace benchhost::plugin

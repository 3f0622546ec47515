// What a plugin offers, asked in a child process so that a broken .so harms nobody.
#pragma once

#include "core/base/described.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/model/route.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::plugin {

struct OptionDescription {
    std::string key;
    std::string type;  ///< "text" | "number" | "yes-no" | "choice" | "prefix"
    std::optional<std::string> default_value;
    std::vector<std::string> choices;
    std::string help;
};
BOOST_DESCRIBE_STRUCT(OptionDescription, (), (key, type, default_value, choices, help))

struct ServerDescription {
    std::string id;
    std::string name;
    std::optional<std::string> version;
    std::string language;
    std::string concurrency;
    std::string url;
    std::optional<std::string> declared_class;  ///< "production" | "tuned" | "raw", as it says
    bool is_command = false;
    bool needs_settings = false;       ///< runs only through a [server.<id>] section of a config
    std::vector<model::Route> routes;  ///< that it answers
    std::vector<OptionDescription> options;
};
BOOST_DESCRIBE_STRUCT(ServerDescription, (),
                      (id, name, version, language, concurrency, url, declared_class, is_command,
                       needs_settings, routes, options))

/// A function of the plugin, or of a library that it brings, that is never called: benchhost-serve
/// had one of that name before.
struct ShadowedName {
    std::string name;
    std::string own;   ///< file name of the library that has it in vain
    std::string used;  ///< file name of what is called instead
};
BOOST_DESCRIBE_STRUCT(ShadowedName, (), (name, own, used))

struct PluginDescription {
    std::filesystem::path path;
    std::uint32_t abi = 0;
    std::vector<ServerDescription> servers;
    std::vector<ShadowedName> shadowed = {};  ///< the first hundred, malloc in any case
};
BOOST_DESCRIBE_STRUCT(PluginDescription, (), (path, abi, servers, shadowed))

/// Why a file is no plugin (code server): not an ELF file, truncated, symbol missing, another ABI
/// (both numbers); or, when it could be loaded, what is wrong in its description. Whoever prints it
/// says which file.
struct PluginFault : Error {
    bool loaded = false;
};

/// Runs `benchhost-serve --describe PLUGIN`. The plugin is loaded as `user`; absent: as we are.
boost::system::result<PluginDescription, PluginFault> describe_plugin(
    const std::filesystem::path& serve_executable, const std::filesystem::path& plugin,
    const std::optional<std::string>& user = std::nullopt,
    Nanoseconds timeout = std::chrono::seconds(10));

/// Whether a server can run here: extension benchhost.command/1's probe, or "yes" at once.
struct Availability {
    bool available = false;
    std::string reason;  ///< when not available: why, and how to get it
    std::optional<std::string> version;
    std::map<std::string, std::string> details;
    /// What a program says that it answers; absent: what its plugin says.
    std::optional<std::vector<model::Route>> routes = std::nullopt;
};
/// A fault with `loaded`: the plugin itself said why it cannot, before any program was asked.
using ProbeResult = boost::system::result<Availability, PluginFault>;
ProbeResult probe_server(const std::filesystem::path& serve_executable,
                         const std::filesystem::path& plugin, const std::string& server,
                         const std::vector<std::pair<std::string, std::string>>& options,
                         const std::optional<std::string>& user = std::nullopt,
                         Nanoseconds timeout = std::chrono::seconds(20));

}  // namespace benchhost::plugin

// benchhost list: every plugin and server found, and why some are not available.
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/standard_output.hpp"
#include "cli/user_option.hpp"
#include "core/plugin/ask_all.hpp"
#include "core/plugin/catalog.hpp"
#include "core/plugin/installation.hpp"
#include "core/plugin/plugin_description.hpp"

#include <fmt/format.h>
#include <picojson.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::cli {
namespace {

struct Entry {
    const plugin::PluginDescription* plugin;
    const plugin::ServerDescription* server;
    plugin::Availability availability;
};

plugin::Availability availability_of(const plugin::Installation& installation, const Entry& entry,
                                     const std::optional<std::string>& user) {
    if (entry.server->needs_settings) {
        return {true, "", {}, {}};
    }
    auto probed = plugin::probe_server(installation.serve_executable, entry.plugin->path,
                                       entry.server->id, {}, user);
    return probed ? std::move(*probed)
                  : plugin::Availability{false, probed.error().message, {}, {}};
}

std::vector<Entry> probe_all(const plugin::Catalog& catalog,
                             const plugin::Installation& installation,
                             const std::optional<std::string>& user) {
    std::vector<Entry> entries;
    for (const auto& plugin : catalog.plugins) {
        for (const auto& server : plugin.servers) {
            entries.push_back({&plugin, &server, {}});
        }
    }
    auto probed = plugin::ask_all(
        entries.size(),
        [&](std::size_t i) { return availability_of(installation, entries[i], user); },
        [&](const std::vector<std::size_t>& slow) {
            for (const auto i : slow) {
                print_notice(fmt::format("waiting for {} to say whether it can run here",
                                         entries[i].server->id));
            }
        });
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].availability = std::move(probed[i]);
    }
    return entries;
}

std::string version_of(const Entry& entry) {
    const auto& probed = entry.availability.version;
    return probed ? *probed : entry.server->version.value_or("-");
}

std::string option_names(const plugin::ServerDescription& server) {
    std::string names;
    for (const auto& option : server.options) {
        names += (names.empty() ? "" : ", ") + option.key + (option.type == "prefix" ? "*" : "");
    }
    return names.empty() ? "-" : names;
}

void print_text(const std::vector<Entry>& entries, const plugin::Catalog& catalog) {
    print("{:<14} {:<12} {:<10} {:<12} {}\n", "server", "version", "language", "plugin",
          "model; options");
    for (const auto& entry : entries) {
        const auto& server = *entry.server;
        print("{:<14} {:<12} {:<10} {:<12} {}; {}\n", server.id, version_of(entry), server.language,
              entry.plugin->path.filename().string(), server.concurrency, option_names(server));
        if (server.needs_settings) {
            print("{:<14} needs a [server.<id>] section with plugin = {}\n", "", server.id);
        } else if (!entry.availability.available) {
            print("{:<14} not available: {}\n", "", entry.availability.reason);
        }
    }
    for (const auto& problem : catalog.problems) {
        print("{}: {}\n", problem.path.string(), problem.reason);
    }
    for (const auto& taken : catalog.taken) {
        print("{}: {}\n", taken.left_out.string(), to_string(taken));
    }
}

picojson::value option_json(const plugin::OptionDescription& option) {
    picojson::object object;
    object["key"] = picojson::value(option.key);
    object["type"] = picojson::value(option.type);
    if (option.default_value) {
        object["default"] = picojson::value(*option.default_value);
    }
    object["help"] = picojson::value(option.help);
    return picojson::value(object);
}

picojson::value entry_json(const Entry& entry) {
    const auto& server = *entry.server;
    picojson::object object;
    object["id"] = picojson::value(server.id);
    object["name"] = picojson::value(server.name);
    if (const auto version = version_of(entry); version != "-") {
        object["version"] = picojson::value(version);
    }
    object["language"] = picojson::value(server.language);
    object["model"] = picojson::value(server.concurrency);
    object["url"] = picojson::value(server.url);
    if (server.declared_class) {
        object["class"] = picojson::value(*server.declared_class);
    }
    picojson::array routes;
    for (const auto route : server.routes) {
        routes.emplace_back(word_of(route));
    }
    object["routes"] = picojson::value(routes);
    object["plugin"] = picojson::value(entry.plugin->path.string());
    object["needs_settings"] = picojson::value(server.needs_settings);
    object["available"] = picojson::value(entry.availability.available);
    if (!entry.availability.available) {
        object["reason"] = picojson::value(entry.availability.reason);
    }
    picojson::object details;
    for (const auto& [key, value] : entry.availability.details) {
        details[key] = picojson::value(value);
    }
    object["details"] = picojson::value(details);
    picojson::array options;
    for (const auto& option : server.options) {
        options.push_back(option_json(option));
    }
    object["options"] = picojson::value(options);
    return picojson::value(object);
}

void print_json(const std::vector<Entry>& entries, const plugin::Catalog& catalog) {
    picojson::array servers, problems;
    for (const auto& entry : entries) {
        servers.push_back(entry_json(entry));
    }
    for (const auto& problem : catalog.problems) {
        picojson::object object;
        object["plugin"] = picojson::value(problem.path.string());
        object["reason"] = picojson::value(problem.reason);
        problems.emplace_back(object);
    }
    for (const auto& taken : catalog.taken) {
        picojson::object object;
        object["plugin"] = picojson::value(taken.left_out.string());
        object["reason"] = picojson::value(to_string(taken));
        problems.emplace_back(object);
    }
    picojson::object all;
    all["servers"] = picojson::value(servers);
    all["unusable_plugins"] = picojson::value(problems);
    print_document(picojson::value(all));
}

struct ListOptions {
    std::vector<std::filesystem::path> plugin_directories;
    std::optional<std::string> user;  ///< as whom plugins are loaded
    bool json = false;
};

int list(const ListOptions& options) {
    const auto installation = plugin::locate_installation(options.plugin_directories);
    if (!installation) {
        return report_error(installation.error());
    }
    if (const auto known = check_user_option(options.user); !known) {
        return report_error(known.error());
    }
    const auto catalog = plugin::read_catalog(*installation, print_notice, options.user);
    const auto entries = probe_all(catalog, *installation, options.user);
    options.json ? print_json(entries, catalog) : print_text(entries, catalog);
    return catalog.problems.empty() && catalog.taken.empty() ? kDone : kSomethingFailed;
}

}  // namespace

void add_list(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("list", "Show every plugin and server found");
    auto options = std::make_shared<ListOptions>();
    command->add_option("--plugin-dir", options->plugin_directories,
                        "A folder with plugins, besides the usual ones");
    command->add_flag("--json", options->json, "Print JSON");
    add_user_option(*command, options->user, "As whom plugins are loaded");
    command->callback([&action, options] { action = [options] { return list(*options); }; });
}

}  // namespace benchhost::cli

// What a child says of a plugin is the same after being written and read again, and servers can be
// chosen from it. What a plugin says of itself is refused with a reason, or can be described.
#include "core/host/validation.hpp"
#include "core/plugin/catalog.hpp"
#include "core/plugin/description_json.hpp"
#include "core/plugin/plugin_options.hpp"
#include "tests/fuzz/door.hpp"
#include "tests/fuzz/spoken_plugin.hpp"

#include <set>

namespace benchhost::fuzz {
namespace {

using plugin::PluginDescription;
using plugin::ServerDescription;

config::ServerDefinition definition_of(const ServerDescription& server, const std::string& value) {
    config::ServerDefinition definition;
    definition.id = "own";
    definition.where = {"c.ini", 1};
    definition.plugin = server.id;
    for (const auto& option : server.options) {
        definition.options.push_back({option.key, option.default_value.value_or(value), {}});
    }
    return definition;
}

void hold_values(const ServerDescription& server, const std::string& value) {
    for (const auto& option : server.options) {
        hold(plugin::find_option(server, option.key) != nullptr, "an option is found by its key");
        const auto taken = plugin::check_value(option, value);
        if (!taken) {
            hold_error(taken.error(), ErrorCode::usage);
            continue;
        }
        const auto again = plugin::check_value(option, *taken);
        hold(again.has_value() && *again == *taken, "a value is taken as it was given on");
    }
}

void hold_choice(const PluginDescription& description, const std::string& value) {
    plugin::Catalog catalog;
    catalog.plugins = {description};
    config::SuiteConfig suite;
    for (const auto& server : description.servers) {
        hold_values(server, value);
        suite.definitions = {definition_of(server, value)};
        const auto chosen = plugin::resolve_servers(catalog, suite);
        if (!chosen) {
            hold_error(chosen.error(), ErrorCode::usage);
            continue;
        }
        std::set<std::string> ids;
        for (const auto& each : *chosen) {
            hold(ids.insert(each.id).second, "a server is chosen once");
        }
        hold(ids.count("own") == 1, "a server with a section of its own is chosen");
    }
}

void read_description(const std::string& text) {
    if (const auto refusal = plugin::decode_refusal(text)) {
        const auto again = plugin::decode_refusal(plugin::encode(*refusal));
        hold(again && again->reason == refusal->reason && again->loaded == refusal->loaded,
             "a refusal comes back");
    }
    if (const auto available = plugin::decode_availability(text)) {
        hold(available->available && available->reason.empty(), "what can run has no excuse");
    } else {
        hold_error(available.error(), ErrorCode::server);
    }
    const auto description = plugin::decode_description(text);
    if (!description) {
        hold_error(description.error(), ErrorCode::server);
        return;
    }
    const auto written = plugin::encode(*description);
    const auto again = plugin::decode_description(written);
    hold(again.has_value() && plugin::encode(*again) == written, written + " comes back");
    hold_choice(*description, text.substr(0, 20));
}

// All that is looked at of a plugin that was let in.
void hold_described(const bh_plugin& spoken) {
    hold(spoken.server_count > 0, "it offers a server");
    std::set<std::string> ids;
    for (std::uint32_t i = 0; i < spoken.server_count; ++i) {
        const auto* server = spoken.servers[i];
        hold(server != nullptr && server->id != nullptr && ids.insert(server->id).second,
             "each server has an id of its own");
        hold(server->name != nullptr && server->language != nullptr &&
                 server->concurrency != nullptr && server->url != nullptr,
             "a server can be told");
        hold(
            server->create != nullptr && server->configure != nullptr && server->destroy != nullptr,
            "a server can be made");
        for (std::uint32_t option = 0; option < server->option_count; ++option) {
            hold(server->options[option] != nullptr && server->options[option]->key != nullptr &&
                     server->options[option]->help != nullptr,
                 "an option can be told");
        }
    }
}

void read_plugin(std::string_view input) {
    read_description(std::string(input));
    const SpokenPlugin spoken(input);
    if (const auto checked = host::validate(spoken.plugin()); checked) {
        hold_described(spoken.plugin());
    } else {
        hold_error(checked.error(), ErrorCode::server);
    }
}

const Door plugin_door("plugin", read_plugin);

}  // namespace
}  // namespace benchhost::fuzz

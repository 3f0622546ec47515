#include "core/process/description_json.hpp"

#include "core/process/json_fields.hpp"

#include <utility>

namespace benchhost::process {
namespace {

picojson::value option_value(const OptionDescription& option) {
    JsonObject object;
    object["key"] = picojson::value(option.key);
    object["type"] = picojson::value(option.type);
    object["choices"] = to_value(option.choices);
    object["help"] = picojson::value(option.help);
    if (option.default_value) {
        object["default"] = picojson::value(*option.default_value);
    }
    return picojson::value(object);
}

OptionDescription to_option(const JsonObject& object) {
    OptionDescription option;
    option.key = text_of(object, "key");
    option.type = text_of(object, "type");
    option.default_value = optional_text_of(object, "default");
    option.choices = texts_of(object, "choices");
    option.help = text_of(object, "help");
    return option;
}

picojson::value server_value(const ServerDescription& server) {
    JsonObject object;
    object["id"] = picojson::value(server.id);
    object["name"] = picojson::value(server.name);
    object["language"] = picojson::value(server.language);
    object["concurrency"] = picojson::value(server.concurrency);
    object["url"] = picojson::value(server.url);
    object["is_command"] = picojson::value(server.is_command);
    object["needs_settings"] = picojson::value(server.needs_settings);
    if (server.version) {
        object["version"] = picojson::value(*server.version);
    }
    if (server.declared_class) {
        object["class"] = picojson::value(*server.declared_class);
    }
    picojson::array options;
    for (const auto& option : server.options) {
        options.push_back(option_value(option));
    }
    object["options"] = picojson::value(options);
    return picojson::value(object);
}

ServerDescription to_server(const JsonObject& object) {
    ServerDescription server;
    server.id = text_of(object, "id");
    server.name = text_of(object, "name");
    server.version = optional_text_of(object, "version");
    server.language = text_of(object, "language");
    server.concurrency = text_of(object, "concurrency");
    server.url = text_of(object, "url");
    server.declared_class = optional_text_of(object, "class");
    server.is_command = flag_of(object, "is_command");
    server.needs_settings = flag_of(object, "needs_settings");
    for (const auto& option : array_of(object, "options")) {
        if (option.is<JsonObject>()) {
            server.options.push_back(to_option(option.get<JsonObject>()));
        }
    }
    return server;
}

// No probe program of a plugin says this by chance.
constexpr const char* kRefusalKey = "benchhost_serve_refused";

Error no_answer() { return {ErrorCode::server, "printed no JSON object as its answer"}; }

std::string last_line_of(const std::string& text) {
    const auto end = text.find_last_not_of("\r\n ");
    const auto begin = end == std::string::npos ? end : text.rfind('\n', end);
    return begin == std::string::npos ? text : text.substr(begin + 1);
}

}  // namespace

std::string encode(const PluginDescription& description) {
    JsonObject object;
    object["path"] = picojson::value(description.path.string());
    object["abi"] = to_value(static_cast<double>(description.abi));
    picojson::array servers;
    for (const auto& server : description.servers) {
        servers.push_back(server_value(server));
    }
    object["servers"] = picojson::value(servers);
    picojson::array shadowed;
    for (const auto& symbol : description.shadowed) {
        JsonObject entry;
        entry["name"] = picojson::value(symbol.name);
        entry["own"] = picojson::value(symbol.own);
        entry["used"] = picojson::value(symbol.used);
        shadowed.emplace_back(entry);
    }
    object["shadowed"] = picojson::value(shadowed);
    return picojson::value(object).serialize();
}

std::string encode_available(const std::optional<std::string>& version) {
    JsonObject object;
    if (version) {
        object["version"] = picojson::value(*version);
    }
    return picojson::value(object).serialize();
}

std::string encode(const Refusal& refusal) {
    JsonObject object;
    object[kRefusalKey] = picojson::value(refusal.reason);
    object["loaded"] = picojson::value(refusal.loaded);
    return picojson::value(object).serialize();
}

std::optional<Refusal> decode_refusal(const std::string& text) {
    const auto object = parse_object(text);
    const auto reason = object ? optional_text_of(*object, kRefusalKey) : std::nullopt;
    return reason ? std::optional(Refusal{*reason, flag_of(*object, "loaded")}) : std::nullopt;
}

Result<PluginDescription> decode_description(const std::string& text) {
    const auto object = parse_object(text);
    if (!object) {
        return no_answer();
    }
    PluginDescription description;
    description.path = text_of(*object, "path");
    description.abi = static_cast<std::uint32_t>(number_of(*object, "abi").value_or(0));
    for (const auto& server : array_of(*object, "servers")) {
        if (server.is<JsonObject>()) {
            description.servers.push_back(to_server(server.get<JsonObject>()));
        }
    }
    for (const auto& symbol : array_of(*object, "shadowed")) {
        if (symbol.is<JsonObject>()) {
            const auto& entry = symbol.get<JsonObject>();
            description.shadowed.push_back(
                {text_of(entry, "name"), text_of(entry, "own"), text_of(entry, "used")});
        }
    }
    return description;
}

Result<Availability> decode_availability(const std::string& text) {
    auto object = parse_object(text);
    if (!object) {
        object = parse_object(last_line_of(text));  // interpreters like to print a warning first
    }
    if (!object) {
        return no_answer();
    }
    Availability availability;
    availability.available = true;
    availability.version = optional_text_of(*object, "version");
    availability.details = text_map_of(*object, "details");
    return availability;
}

}  // namespace benchhost::process

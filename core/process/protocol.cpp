#include "core/process/protocol.hpp"

#include "core/process/json_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace benchhost::process {
namespace {

constexpr std::array<const char*, 6> kStages{"spawned", "configured", "ready",
                                             "serving", "stopping",   "exited"};
constexpr std::array<const char*, 3> kCommands{"stop", "kill", "log"};
constexpr std::array<const char*, 8> kEvents{"spawned", "configured", "executing", "ready",
                                             "failed",  "exited",     "log",       "destroyed"};

template <std::size_t N>
std::optional<std::size_t> index_of(const std::array<const char*, N>& names,
                                    const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found != names.end() ? std::optional(static_cast<std::size_t>(found - names.begin()))
                                : std::nullopt;
}

template <class Enum, std::size_t N>
const char* name_of(const std::array<const char*, N>& names, Enum value) {
    return names.at(static_cast<std::size_t>(value));
}

std::string to_message(JsonObject object) { return picojson::value(std::move(object)).serialize(); }

Error unknown(const std::string& what, const std::string& message) {
    return {ErrorCode::internal, "unknown " + what + " on the control channel: " + message};
}

bool is_text_pair(const picojson::value& value) {
    return value.is<picojson::array>() && value.get<picojson::array>().size() == 2 &&
           value.get(0).is<std::string>() && value.get(1).is<std::string>();
}

picojson::value route_value(const RouteContent& route) {
    JsonObject object;
    object["kind"] = picojson::value(route.kind);
    object["path"] = picojson::value(route.path);
    object["content_type"] = picojson::value(route.content_type);
    object["body"] = picojson::value(route.body);
    object["file"] = picojson::value(route.file.string());
    return picojson::value(object);
}

RouteContent to_route(const JsonObject& object) {
    return {text_of(object, "kind"), text_of(object, "path"), text_of(object, "content_type"),
            text_of(object, "body"), text_of(object, "file")};
}

void put_count(JsonObject& object, const char* key, const std::optional<std::uint64_t>& count) {
    if (count) {
        object[key] = to_value(static_cast<double>(*count));
    }
}

std::optional<std::uint64_t> count_of(const JsonObject& object, const std::string& key) {
    const auto number = number_of(object, key);
    return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number))
                                  : std::nullopt;
}

picojson::value limits_value(const ProcessLimits& limits) {
    JsonObject object;
    picojson::array cpus;
    for (const unsigned cpu : limits.cpus) {
        cpus.push_back(to_value(static_cast<double>(cpu)));
    }
    object["cpus"] = picojson::value(cpus);
    put_count(object, "memory", limits.memory);
    put_count(object, "nofile", limits.nofile);
    put_count(object, "processes", limits.processes);
    return picojson::value(object);
}

ProcessLimits to_limits(const JsonObject& object) {
    ProcessLimits limits;
    for (const auto& cpu : array_of(object, "cpus")) {
        limits.cpus.push_back(cpu.is<double>() ? static_cast<unsigned>(cpu.get<double>()) : 0U);
    }
    limits.memory = count_of(object, "memory");
    limits.nofile = count_of(object, "nofile");
    limits.processes = count_of(object, "processes");
    return limits;
}

picojson::value end_value(const TreeEnd& end) {
    JsonObject object;
    object["outcome"] = picojson::value(end.outcome);
    object["by_sigterm"] = picojson::value(end.by_sigterm);
    object["exited_zero"] = picojson::value(end.exited_zero);
    object["forced"] = picojson::value(end.forced);
    object["after_stop"] = picojson::value(end.after_stop);
    object["tree_gone"] = picojson::value(end.tree_gone);
    object["survivors"] = to_value(end.survivors);
    object["listening"] = to_value(end.listening);
    object["asked_name_server"] = picojson::value(end.asked_name_server);
    put_count(object, "printed", end.printed);
    if (end.out_of_memory) {
        object["out_of_memory"] = picojson::value(*end.out_of_memory);
    }
    if (end.processes_refused) {
        object["processes_refused"] = picojson::value(*end.processes_refused);
    }
    return picojson::value(object);
}

picojson::value leftovers_value(const Leftovers& left) {
    JsonObject object;
    object["descriptors"] = to_value(left.descriptors);
    put_count(object, "threads", left.threads);
    object["own_runtime"] = picojson::value(left.own_runtime);
    return picojson::value(object);
}

Leftovers to_leftovers(const JsonObject& object) {
    return {texts_of(object, "descriptors"), count_of(object, "threads").value_or(0),
            flag_of(object, "own_runtime")};
}

TreeEnd to_tree_end(const JsonObject& object) {
    TreeEnd end;
    end.outcome = text_of(object, "outcome");
    end.by_sigterm = flag_of(object, "by_sigterm");
    end.exited_zero = flag_of(object, "exited_zero");
    end.forced = flag_of(object, "forced");
    end.after_stop = flag_of(object, "after_stop");
    end.tree_gone = flag_of(object, "tree_gone");
    end.survivors = texts_of(object, "survivors");
    end.listening = texts_of(object, "listening");
    end.asked_name_server = flag_of(object, "asked_name_server");
    end.printed = count_of(object, "printed").value_or(0);
    end.out_of_memory = optional_text_of(object, "out_of_memory");
    end.processes_refused = optional_text_of(object, "processes_refused");
    return end;
}

JsonObject object_of(const JsonObject& object, const std::string& key) {
    const auto found = object.find(key);
    return found != object.end() && found->second.is<JsonObject>() ? found->second.get<JsonObject>()
                                                                   : JsonObject{};
}

}  // namespace

const char* to_string(Stage stage) { return name_of(kStages, stage); }

std::string encode(const StartRequest& request) {
    JsonObject object;
    object["type"] = picojson::value("start");
    object["plugin"] = picojson::value(request.plugin.string());
    object["server"] = picojson::value(request.server);
    picojson::array options;
    for (const auto& [key, value] : request.options) {
        options.emplace_back(picojson::array{picojson::value(key), picojson::value(value)});
    }
    object["options"] = picojson::value(options);
    picojson::array routes;
    for (const auto& route : request.routes) {
        routes.push_back(route_value(route));
    }
    object["routes"] = picojson::value(routes);
    object["address"] = picojson::value(request.address);
    object["port"] = to_value(static_cast<double>(request.port));
    object["threads"] = to_value(static_cast<double>(request.threads));
    object["limits"] = limits_value(request.limits);
    object["directory"] = picojson::value(request.directory.string());
    object["echo_log"] = picojson::value(request.echo_log);
    return to_message(std::move(object));
}

Result<StartRequest> decode_start_request(const std::string& message) {
    const auto object = parse_object(message);
    if (!object || text_of(*object, "type") != "start") {
        return unknown("start message", message.substr(0, 200));
    }
    StartRequest request;
    request.plugin = text_of(*object, "plugin");
    request.server = text_of(*object, "server");
    for (const auto& option : array_of(*object, "options")) {
        if (!is_text_pair(option)) {
            return unknown("option in a start message", option.serialize());
        }
        const auto& pair = option.get<picojson::array>();
        request.options.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
    }
    for (const auto& route : array_of(*object, "routes")) {
        if (!route.is<JsonObject>()) {
            return unknown("route in a start message", route.serialize());
        }
        request.routes.push_back(to_route(route.get<JsonObject>()));
    }
    request.address = text_of(*object, "address");
    request.port = static_cast<std::uint16_t>(number_of(*object, "port").value_or(0));
    request.threads = static_cast<unsigned>(number_of(*object, "threads").value_or(1));
    request.limits = to_limits(object_of(*object, "limits"));
    request.directory = text_of(*object, "directory");
    request.echo_log = flag_of(*object, "echo_log");
    return request;
}

std::string encode(const Command& command) {
    JsonObject object;
    object["type"] = picojson::value(name_of(kCommands, command.kind));
    object["patience_ms"] = to_value(to_milliseconds(command.patience));
    return to_message(std::move(object));
}

Result<Command> decode_command(const std::string& message) {
    const auto object = parse_object(message);
    const auto kind = object ? index_of(kCommands, text_of(*object, "type")) : std::nullopt;
    if (!kind) {
        return unknown("command", message.substr(0, 200));
    }
    const std::chrono::duration<double, std::milli> patience(
        number_of(*object, "patience_ms").value_or(0));
    return Command{static_cast<Command::Kind>(*kind),
                   std::chrono::duration_cast<Nanoseconds>(patience)};
}

std::string encode(const Event& event) {
    JsonObject object;
    object["type"] = picojson::value(name_of(kEvents, event.kind));
    object["pid"] = to_value(static_cast<double>(event.pid));
    object["port"] = to_value(static_cast<double>(event.place.port));
    object["unix_socket"] = picojson::value(event.place.unix_socket);
    object["stage"] = picojson::value(to_string(event.stage));
    object["reason"] = picojson::value(event.reason);
    object["limits"] = to_value(event.limits);
    object["log"] = to_value(event.log);
    if (event.kind == Event::Kind::exited) {
        object["end"] = end_value(event.end);
    }
    if (event.kind == Event::Kind::destroyed) {
        object["left"] = leftovers_value(event.left);
    }
    return to_message(std::move(object));
}

Result<Event> decode_event(const std::string& message) {
    const auto object = parse_object(message);
    const auto kind = object ? index_of(kEvents, text_of(*object, "type")) : std::nullopt;
    if (!kind) {
        return unknown("event", message.substr(0, 200));
    }
    Event event;
    event.kind = static_cast<Event::Kind>(*kind);
    event.pid = static_cast<pid_t>(number_of(*object, "pid").value_or(0));
    event.place.port = static_cast<std::uint16_t>(number_of(*object, "port").value_or(0));
    event.place.unix_socket = text_of(*object, "unix_socket");
    event.stage = static_cast<Stage>(index_of(kStages, text_of(*object, "stage")).value_or(0));
    event.reason = text_of(*object, "reason");
    event.limits = text_map_of(*object, "limits");
    event.log = texts_of(*object, "log");
    event.end = to_tree_end(object_of(*object, "end"));
    event.left = to_leftovers(object_of(*object, "left"));
    return event;
}

}  // namespace benchhost::process

#include "core/suite/manifest.hpp"

#include "core/base/file.hpp"
#include "core/base/json_reader.hpp"
#include "core/results/environment_facts.hpp"
#include "core/results/results.hpp"

#include <fmt/format.h>
#include <picojson.h>

#include <set>
#include <utility>

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;
using Object = picojson::object;
using Array = picojson::array;

constexpr const char* kSchema = "benchhost.journal/1";

picojson::value strings(const std::vector<std::string>& texts) {
    Array array;
    for (const auto& text : texts) {
        array.emplace_back(text);
    }
    return picojson::value(array);
}

picojson::value text_map(const std::map<std::string, std::string>& map) {
    Object object;
    for (const auto& [key, value] : map) {
        object[key] = picojson::value(value);
    }
    return picojson::value(object);
}

/// What makes two machines the same for one set of results; load and the like may differ.
std::map<std::string, std::string> machine_identity(
    const std::map<std::string, std::string>& machine) {
    std::map<std::string, std::string> identity;
    for (const auto* key : {"kernel", "os", "cpu_model", "cpus", "memory", "hosts"}) {
        if (const auto found = machine.find(key); found != machine.end()) {
            identity.insert(*found);
        }
    }
    return identity;
}

/// So that it does not matter where --resume is called.
std::string absolute_text(const fs::path& path) {
    return path.empty() ? "" : fs::absolute(path).lexically_normal().string();
}

picojson::value request_json(const SuiteRequest& request) {
    Object object;
    // What the config names may begin where it was called.
    object["directory"] =
        picojson::value(absolute_text(request.directory.empty() ? "." : request.directory));
    object["config"] = picojson::value(absolute_text(request.config));
    object["overrides"] = strings(request.overrides);
    object["servers"] = strings(request.servers);
    object["profiles"] = strings(request.profiles);
    if (request.repeats) {
        object["repeats"] = picojson::value(std::to_string(*request.repeats));
    }
    if (request.seed) {
        object["seed"] = picojson::value(std::to_string(*request.seed));
    }
    object["quick"] = picojson::value(request.quick);
    std::vector<std::string> directories;
    for (const auto& directory : request.plugin_directories) {
        directories.push_back(absolute_text(directory));
    }
    object["plugin_directories"] = strings(directories);
    return picojson::value(object);
}

picojson::value plan_json(const Plan& plan) {
    Array trials;
    for (const auto& trial : plan) {
        trials.emplace_back(fmt::format("{} {} {}", trial.server, trial.profile, trial.round));
    }
    return picojson::value(trials);
}

/// The part of the manifest that a resumed suite must share, by the name the user is told.
Object identity_json(const PreparedSuite& suite,
                     const std::map<std::string, std::string>& machine) {
    Object object;
    object["config"] = picojson::value(suite.config.text);
    object["plan"] = plan_json(suite.plan);
    auto plugins = suite.plugin_hashes;
    for (const auto& server : suite.servers) {
        if (server.unusable) {
            // The words for it may vary, and where it would be may not be known.
            plugins[server.plugin.empty() ? server.id : server.plugin.string()] =
                "cannot be loaded";
        }
    }
    object["plugins"] = text_map(plugins);
    object["files"] = text_map(suite.files);
    if (suite.payload_hash) {
        object["payload file"] = picojson::value(*suite.payload_hash);
    }
    object["machine"] = text_map(machine_identity(machine));
    object["benchhost"] = picojson::value(std::string(BENCHHOST_VERSION));
    return object;
}

Result<picojson::value> read_json(const fs::path& path) {
    const auto text = read_file(path, results::kMostBytes);
    if (!text) {
        return Error{ErrorCode::usage, text.error().message};
    }
    auto value = parse_json(*text);
    if (!value || !value->is<Object>()) {
        return Error{ErrorCode::data,
                     fmt::format("{}: not a journal: {}", path.string(),
                                 value ? "it is no object" : value.error().message)};
    }
    return value;
}

Result<picojson::value> read_manifest(const fs::path& directory) {
    auto manifest = read_json(manifest_path(directory));
    if (manifest && manifest->get("schema").to_str() != kSchema) {
        return Error{ErrorCode::data,
                     fmt::format("{}: schema {} is not {}", manifest_path(directory).string(),
                                 manifest->get("schema").to_str(), kSchema)};
    }
    return manifest;
}

Result<std::vector<std::string>> read_strings(const picojson::value& value) {
    std::vector<std::string> texts;
    if (!value.is<Array>()) {
        return Error{ErrorCode::data, "the manifest of the journal is damaged"};
    }
    for (const auto& entry : value.get<Array>()) {
        texts.push_back(entry.to_str());
    }
    return texts;
}

/// "cpus: 2 -> 4" for each entry of `now` that `then` has otherwise; memory may drift a little.
std::vector<std::string> changed_entries(const picojson::value& then, const picojson::value& now) {
    std::vector<std::string> changed;
    std::set<std::string> keys;
    for (const auto* side : {&then, &now}) {
        for (const auto& [key, value] : side->get<Object>()) {
            keys.insert(key);
        }
    }
    const auto in_words = [](const picojson::value& value) {
        return value.is<picojson::null>() ? "nothing" : value.to_str();
    };
    for (const auto& key : keys) {
        const auto& old = then.get(key);
        const auto& current = now.get(key);
        const auto kind = results::kind_of_fact(key);
        const bool drifted = kind == results::FactKind::amount &&
                             results::same_amount(old.to_str(), current.to_str());
        if (!(old == current) && !drifted && kind != results::FactKind::of_the_moment) {
            changed.push_back(fmt::format("{}: {} -> {}", key, in_words(old), in_words(current)));
        }
    }
    return changed;
}

std::string what_changed(const Object& then, const Object& now) {
    std::string changed;
    for (const auto& [name, value] : now) {
        const auto before = then.find(name);
        if (before == then.end() || before->second == value) {
            continue;  // journals of before did not hold all of them
        }
        std::string detail = name;
        if (value.is<Object>() && before->second.is<Object>()) {
            const auto entries = changed_entries(before->second, value);
            if (entries.empty()) {
                continue;
            }
            for (const auto& entry : entries) {
                detail += fmt::format(" ({})", entry);
            }
        }
        changed += (changed.empty() ? "" : ", ") + detail;
    }
    return changed;
}

}  // namespace

fs::path manifest_path(const fs::path& directory) {
    return directory / "journal" / "manifest.json";
}

Status write_manifest(const fs::path& directory, const PreparedSuite& suite,
                      const std::map<std::string, std::string>& machine,
                      const std::string& created_at) {
    Object manifest;
    manifest["schema"] = picojson::value(std::string(kSchema));
    manifest["created_at"] = picojson::value(created_at);
    manifest["request"] = request_json(suite.request);
    manifest["identity"] = picojson::value(identity_json(suite, machine));
    manifest["facts"] = text_map(machine);
    return results::write_file(manifest_path(directory), picojson::value(manifest).serialize(true));
}

Result<SuiteRequest> requested_in(const fs::path& directory) {
    const auto manifest = read_manifest(directory);
    if (!manifest) {
        return manifest.error();
    }
    const auto& json = manifest->get("request");
    if (!json.is<Object>() || !json.get("config").is<std::string>()) {
        return Error{ErrorCode::data, "the manifest of the journal is damaged"};
    }
    SuiteRequest request;
    request.config = json.get("config").get<std::string>();
    // Journals of before did not keep it.
    if (json.contains("directory")) {
        request.directory = json.get("directory").to_str();
    }
    for (auto [target, key] : {std::pair{&request.overrides, "overrides"},
                               {&request.servers, "servers"},
                               {&request.profiles, "profiles"}}) {
        auto texts = read_strings(json.get(key));
        if (!texts) {
            return texts.error();
        }
        *target = std::move(*texts);
    }
    if (json.contains("repeats")) {
        const auto repeats = parse_count(json.get("repeats").to_str(), 1, config::kMostRounds);
        if (!repeats) {
            return repeats.error();
        }
        request.repeats = static_cast<std::uint32_t>(*repeats);
    }
    if (json.contains("seed")) {
        const auto seed = parse_count(json.get("seed").to_str(), 0, config::kMostSeed);
        if (!seed) {
            return seed.error();
        }
        request.seed = *seed;
    }
    request.quick = json.get("quick").evaluate_as_boolean();
    // Journals of before did not keep them.
    if (json.contains("plugin_directories")) {
        auto directories = read_strings(json.get("plugin_directories"));
        if (!directories) {
            return directories.error();
        }
        request.plugin_directories.assign(directories->begin(), directories->end());
    }
    return request;
}

Result<Begun> same_as_begun(const fs::path& directory, const PreparedSuite& suite,
                            const std::map<std::string, std::string>& machine) {
    const auto manifest = read_manifest(directory);
    if (!manifest) {
        return manifest.error();
    }
    const auto& then = manifest->get("identity");
    if (!then.is<Object>()) {
        return Error{ErrorCode::data, "the manifest of the journal is damaged"};
    }
    const auto changed = what_changed(then.get<Object>(), identity_json(suite, machine));
    if (!changed.empty()) {
        return Error{ErrorCode::usage,
                     fmt::format("cannot go on with {}: changed since it was begun: {}",
                                 directory.string(), changed)};
    }
    Begun begun{manifest->get("created_at").to_str(), {}};
    // Journals of before had no facts.
    if (const auto& facts = manifest->get("facts"); facts.is<Object>()) {
        for (const auto& change : changed_entries(facts, text_map(machine))) {
            begun.warnings.push_back("changed since the suite was begun: " + change);
        }
    }
    return begun;
}

}  // namespace benchhost::suite

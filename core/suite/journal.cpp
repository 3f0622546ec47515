#include "core/suite/journal.hpp"

#include "core/results/environment_facts.hpp"
#include "core/trial/clock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <picojson.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;
using Object = picojson::object;
using Array = picojson::array;

constexpr const char* kSchema = "benchhost.journal/1";

fs::path manifest_path(const fs::path& directory) {
    return directory / "journal" / "manifest.json";
}
fs::path trial_path(const fs::path& directory, std::size_t number) {
    return directory / "journal" / fmt::format("{:05}.json", number);
}

fs::path attempt_path(const fs::path& directory, std::size_t number, std::size_t attempt) {
    return directory / "journal" / fmt::format("{:05}-{}.json", number, attempt);
}

Result<results::Trial> read_trial(const fs::path& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto trial = results::parse_trial(text);
    return trial ? trial : with_context(path.string(), trial.error());
}

/// Also an error when it is not the trial that the plan has there.
Status check_trial(const fs::path& path, const model::TrialSpec& spec) {
    const auto trial = read_trial(path);
    if (!trial) {
        return trial.error();
    }
    if (trial->server != spec.server || trial->profile != spec.profile ||
        trial->round != spec.round) {
        return Error{ErrorCode::data,
                     fmt::format("{}: holds {} {} round {} where the plan has {} {} round {}",
                                 path.string(), trial->server, trial->profile, trial->round,
                                 spec.server, spec.profile, spec.round)};
    }
    return {};
}

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
    return path.empty() ? "" : fs::absolute(path).string();
}

picojson::value request_json(const SuiteRequest& request) {
    Object object;
    // Absolute, so that it does not matter where --resume is called.
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
    if (suite.payload_hash) {
        object["payload file"] = picojson::value(*suite.payload_hash);
    }
    object["machine"] = text_map(machine_identity(machine));
    object["benchhost"] = picojson::value(std::string(BENCHHOST_VERSION));
    return object;
}

Result<picojson::value> read_json(const fs::path& path) {
    std::ifstream file(path);
    if (!file) {
        return system_error(ErrorCode::usage, "cannot read " + path.string(), errno);
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    picojson::value value;
    const auto error = picojson::parse(value, text);
    if (!error.empty() || !value.is<Object>()) {
        return Error{ErrorCode::data, fmt::format("{}: not a journal: {}", path.string(), error)};
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
    for (const auto& [key, current] : now.get<Object>()) {
        const auto& old = then.get(key);
        const auto kind = results::kind_of_fact(key);
        const bool drifted = kind == results::FactKind::amount &&
                             results::same_amount(old.to_str(), current.to_str());
        if (!(old == current) && !drifted && kind != results::FactKind::of_the_moment) {
            changed.push_back(fmt::format("{}: {} -> {}", key, old.to_str(), current.to_str()));
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

// Absolute, because servers run in folders of their own below it.
Journal::Journal(const fs::path& directory, std::string created_at)
    : directory_(fs::absolute(directory)), created_at_(std::move(created_at)) {}

Status Journal::lock() {
    const auto path = directory_ / "journal" / "lock";
    lock_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock_.is_open()) {
        return system_error(ErrorCode::usage, "cannot write " + path.string(), errno);
    }
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) {
        return {};
    }
    if (errno == EWOULDBLOCK) {
        return Error{ErrorCode::usage, fmt::format("{}: another benchhost is running this suite",
                                                   directory_.string())};
    }
    // File systems of clusters often have no locks; the results can be written all the same.
    warnings_.push_back(fmt::format(
        "{} cannot be locked ({}), so nothing would hold a second benchhost off this folder",
        path.string(), std::generic_category().message(errno)));
    return {};
}

Result<Journal> Journal::create(const fs::path& directory, const PreparedSuite& suite,
                                const std::map<std::string, std::string>& machine) {
    std::error_code error;
    fs::create_directories(directory / "journal", error);
    if (error) {
        return system_error(ErrorCode::usage,
                            "cannot make the results folder " + directory.string(), error.value());
    }
    Journal journal(directory, trial::utc_now());
    if (auto locked = journal.lock(); !locked) {
        return locked.error();
    }
    if (fs::exists(manifest_path(directory), error)) {
        return Error{ErrorCode::usage,
                     fmt::format("{} holds the results of another run: choose another --out, or go "
                                 "on with it by --resume {}",
                                 directory.string(), directory.string())};
    }
    Object manifest;
    manifest["schema"] = picojson::value(std::string(kSchema));
    manifest["created_at"] = picojson::value(journal.created_at_);
    manifest["request"] = request_json(suite.request);
    manifest["identity"] = picojson::value(identity_json(suite, machine));
    manifest["facts"] = text_map(machine);
    const auto written =
        results::write_file(manifest_path(directory), picojson::value(manifest).serialize(true));
    if (!written) {
        return Error{ErrorCode::usage, written.error().message};
    }
    return journal;
}

Result<SuiteRequest> Journal::read_request(const fs::path& directory) {
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
        const auto repeats = parse_count(json.get("repeats").to_str(), 1, UINT32_MAX);
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

Result<Journal> Journal::reopen(const fs::path& directory, const PreparedSuite& suite,
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
    Journal journal(directory, manifest->get("created_at").to_str());
    // Journals of before had no facts.
    if (const auto& facts = manifest->get("facts"); facts.is<Object>()) {
        for (const auto& change : changed_entries(facts, text_map(machine))) {
            journal.warnings_.push_back("changed since the suite was begun: " + change);
        }
    }
    if (auto locked = journal.lock(); !locked) {
        return locked.error();
    }
    if (auto found = journal.find_finished(suite.plan); !found) {
        return found.error();
    }
    return journal;
}

Status Journal::find_finished(const Plan& plan) {
    std::error_code error;
    for (std::size_t number = 0; number < plan.size(); ++number) {
        while (fs::exists(attempt_path(directory_, number, spoilt_[number] + 1), error)) {
            const auto path = attempt_path(directory_, number, ++spoilt_[number]);
            if (auto right = check_trial(path, plan[number]); !right) {
                return right;
            }
        }
        const auto path = trial_path(directory_, number);
        if (fs::exists(path, error)) {
            if (auto right = check_trial(path, plan[number]); !right) {
                return right;
            }
            finished_.insert(number);
        }
    }
    return {};
}

Result<std::vector<results::Trial>> Journal::read_trials() const {
    auto numbers = finished_;
    for (const auto& [number, attempts] : spoilt_) {
        numbers.insert(number);
    }
    std::vector<results::Trial> trials;
    const auto add = [&](const fs::path& path) -> Status {
        auto trial = read_trial(path);
        if (!trial) {
            return trial.error();
        }
        trials.push_back(std::move(*trial));
        return {};
    };
    for (const auto number : numbers) {
        const auto spoilt = spoilt_.find(number);
        const std::size_t attempts = spoilt == spoilt_.end() ? 0 : spoilt->second;
        for (std::size_t attempt = 1; attempt <= attempts; ++attempt) {
            if (auto read = add(attempt_path(directory_, number, attempt)); !read) {
                return read.error();
            }
        }
        if (finished_.count(number) == 0) {
            if (attempts > 0) {
                trials.back().superseded = false;  // its repeat did not run: nothing stands in yet
            }
        } else if (auto read = add(trial_path(directory_, number)); !read) {
            return read.error();
        }
    }
    return trials;
}

Status Journal::add(std::size_t number, const results::Trial& trial) {
    auto written = results::write_file(trial_path(directory_, number), results::to_json(trial));
    if (written) {
        finished_.insert(number);
    }
    return written;
}

Status Journal::add_spoilt(std::size_t number, const results::Trial& trial) {
    const auto path = attempt_path(directory_, number, spoilt_[number] + 1);
    auto written = results::write_file(path, results::to_json(trial));
    if (written) {
        ++spoilt_[number];
    }
    return written;
}

}  // namespace benchhost::suite

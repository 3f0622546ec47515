#include "core/suite/suite_runner.hpp"

#include "core/process/plugin_description.hpp"
#include "core/suite/machine.hpp"
#include "core/suite/measurement.hpp"
#include "core/suite/trial_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace benchhost::suite {
namespace {

constexpr auto kCalmPatience = std::chrono::seconds(3);

class ForwardProgress : public load::ProgressObserver {
  public:
    explicit ForwardProgress(SuiteObserver& observer) : observer_(observer) {}
    void on_progress(const load::Progress& progress) override { observer_.on_progress(progress); }

  private:
    SuiteObserver& observer_;
};

using Availabilities = std::map<std::string, process::Availability>;

/// Asks each program once whether it can run here. A server that is no program needs nothing else
/// to be there: if it cannot run, its row fails with the reason.
Availabilities probe_servers(const PreparedSuite& suite, const std::atomic<bool>& interrupted) {
    Availabilities found;
    for (const auto& server : suite.servers) {
        auto& availability = found[server.id];
        availability.available = true;
        if (server.url || !server.description.is_command || interrupted) {
            continue;
        }
        auto probed = process::probe_server(suite.serve_executable, server.plugin,
                                            server.description.id, server.options);
        if (probed) {
            availability = std::move(*probed);
        } else {
            availability = {false, probed.error().message, {}, {}};
        }
    }
    return found;
}

void describe_server(results::Trial& trial, const ServerUnderTest& server,
                     const process::Availability& availability) {
    if (server.url) {
        trial.server_details["url"] = *server.url;
        return;
    }
    const auto& description = server.description;
    // A plugin that runs whatever its settings say does not know what that is; the config does.
    trial.server_name = description.needs_settings ? server.id : description.name;
    trial.server_version = availability.version ? availability.version : description.version;
    trial.server_details = availability.details;
    trial.server_details["language"] = description.language;
    trial.server_details["concurrency"] = description.concurrency;
    for (const auto& [key, value] : server.options) {
        trial.server_details["option " + key] = value;
    }
}

results::Trial skipped_trial(const plan::TrialSpec& spec, const std::string& reason) {
    results::Trial trial;
    trial.server = spec.server;
    trial.profile = spec.profile;
    trial.round = spec.round;
    trial.outcome = results::Outcome::skipped;
    trial.reason = reason;
    return trial;
}

template <class Range, class Name>
const auto& named(const Range& range, Name matches) {
    return *std::find_if(range.begin(), range.end(), matches);
}

std::vector<process::RouteContent> route_contents(const plan::Payload& payload) {
    std::vector<process::RouteContent> routes;
    for (const auto& route : payload.routes) {
        routes.push_back({plan::to_string(route.route), plan::path_of(route.route),
                          route.content_type, route.file.empty() ? route.body : std::string(),
                          route.file});
    }
    return routes;
}

}  // namespace

results::ResultSet collect_results(const PreparedSuite& suite, const Journal& journal,
                                   const std::map<std::string, std::string>& machine) {
    results::ResultSet results;
    results.suite = suite.config.name;
    results.benchhost_version = BENCHHOST_VERSION;
    results.created_at = journal.created_at();
    results.environment = machine;
    for (const auto& [path, hash] : suite.plugin_hashes) {
        const auto name = std::filesystem::path(path).filename().string();
        results.environment["plugin " + name] = "sha256 " + hash;
    }
    results.config_file = suite.request.config.filename().string();
    results.config_text = suite.config.text;
    results.seed = suite.config.seed;
    results.rounds = suite.config.repeats;
    for (const auto& profile : suite.config.profiles) {
        results.profiles.push_back({profile.name, plan::to_string(profile.route),
                                    load_name(profile.load), describe_profile(profile)});
    }
    for (const auto& [number, trial] : journal.finished()) {
        results.trials.push_back(trial);
    }
    results.interrupted = results.trials.size() < suite.plan.size();
    return results;
}

Result<results::ResultSet> run_suite(const PreparedSuite& suite, Journal& journal,
                                     const std::map<std::string, std::string>& machine,
                                     SuiteObserver& observer,
                                     const std::atomic<bool>& interrupted) {
    std::error_code error;
    const auto payload_directory = journal.directory() / "payload";
    std::filesystem::create_directories(payload_directory, error);
    const auto payload = plan::make_payload(suite.config.payload, payload_directory);
    if (!payload) {
        return payload.error();
    }
    if (!suite.cpus.warning.empty()) {
        observer.on_warning(suite.cpus.warning);
    }
    const auto availabilities = probe_servers(suite, interrupted);
    LaunchSettings settings;
    settings.serve_executable = suite.serve_executable;
    settings.routes = route_contents(*payload);
    settings.limits.cpus = suite.cpus.server;
    settings.limits.memory = suite.config.limits.memory;
    settings.limits.nofile = suite.config.limits.nofile;
    ProcessLauncher launcher(std::move(settings));
    TrialRunner runner(launcher, *payload,
                       {suite.cpus.client, suite.cpus.shared, std::nullopt, suite.config.seed});
    ForwardProgress progress(observer);
    observer.on_suite_begin(suite.plan.size(), journal.finished().size());
    for (std::size_t number = 0; number < suite.plan.size() && !interrupted; ++number) {
        if (journal.finished().count(number) > 0) {
            continue;
        }
        const auto& spec = suite.plan[number];
        const auto& server =
            named(suite.servers, [&](const auto& entry) { return entry.id == spec.server; });
        const auto& profile = named(suite.config.profiles,
                                    [&](const auto& entry) { return entry.name == spec.profile; });
        const auto& availability = availabilities.at(server.id);
        observer.on_trial_begin(spec, number);
        std::optional<results::Trial> trial;
        if (availability.available) {
            wait_until_calm(kCalmPatience, interrupted);
            const auto directory =
                journal.directory() / "work" / fmt::format("{:05}-{}", number, server.id);
            trial = runner.run(server, profile, spec, directory, interrupted, &progress);
        } else {
            trial = skipped_trial(spec, availability.reason);
        }
        if (!trial) {
            break;
        }
        describe_server(*trial, server, availability);
        if (auto kept = journal.add(number, *trial); !kept) {
            return kept.error();
        }
        observer.on_trial_end(*trial, number);
    }
    std::error_code ignored;
    std::filesystem::remove_all(journal.directory() / "work", ignored);
    return collect_results(suite, journal, machine);
}

}  // namespace benchhost::suite

#include "core/suite/suite_runner.hpp"

#include "core/machine/cpu_list.hpp"
#include "core/machine/environment.hpp"
#include "core/machine/health.hpp"
#include "core/plugin/ask_all.hpp"
#include "core/trial/measurement.hpp"
#include "core/trial/trial_runner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace benchhost::suite {
namespace {

constexpr Nanoseconds kLeastPatience = std::chrono::milliseconds(200);
// Over the whole suite at most one repeat for so many trials.
constexpr std::size_t kTrialsPerRepeat = 5;

class ForwardProgress : public load::ProgressObserver {
  public:
    explicit ForwardProgress(SuiteObserver& observer) : observer_(observer) {}
    void on_progress(const load::Progress& progress) override { observer_.on_progress(progress); }

  private:
    SuiteObserver& observer_;
};

using Availabilities = std::map<std::string, plugin::Availability>;

/// Asks each program once whether it can run here. A server that is no program needs nothing else
/// to be there: if it cannot run, its row fails with the reason.
Availabilities probe_servers(const PreparedSuite& suite, trial::ServerLauncher& launcher,
                             const SuiteContext& context) {
    Availabilities found;
    std::vector<const plugin::ServerUnderTest*> programs;
    for (const auto& server : suite.servers) {
        found[server.id] = {!server.unusable, server.unusable.value_or(""), {}, {}};
        if (!server.url && !server.unusable && server.description.is_command) {
            programs.push_back(&server);
        }
    }
    auto probed = plugin::ask_all(
        programs.size(),
        [&](std::size_t i) {
            return context.interrupted ? plugin::Availability{true, "", {}, {}}
                                       : launcher.availability(*programs[i]);
        },
        [&](const std::vector<std::size_t>& slow) {
            for (const auto i : slow) {
                context.observer.on_warning(
                    fmt::format("waiting for {} to say whether it can run here", programs[i]->id));
            }
        });
    for (std::size_t i = 0; i < programs.size(); ++i) {
        found[programs[i]->id] = std::move(probed[i]);
    }
    return found;
}

results::ServerInfo describe_server(const plugin::ServerUnderTest& server,
                                    const plugin::Availability& availability) {
    results::ServerInfo info{server.id};
    info.options = {server.options.begin(), server.options.end()};
    if (server.url) {
        info.details["url"] = *server.url;
        return info;
    }
    if (server.unusable) {
        return info;  // nothing else is known of it
    }
    const auto& description = server.description;
    // A plugin that runs whatever its settings say does not know what that is; the config does.
    info.name = description.needs_settings ? server.id : description.name;
    info.version = availability.version ? availability.version : description.version;
    info.details = availability.details;
    info.details["language"] = description.language;
    info.details["concurrency"] = description.concurrency;
    // A program that was asked has said it already, if it says so at all.
    if (description.declared_class) {
        info.details["class"] = *description.declared_class;
    }
    return info;
}

/// Why the server cannot be asked for what the profile asks, or nothing.
std::optional<std::string> lacking_route(const plugin::ServerUnderTest& server,
                                         const config::LoadProfile& profile) {
    for (const auto& request : profile.requests) {
        const auto route = model::route_of(request.path);
        const auto& offered = server.description.routes;
        if (!server.url && route &&
            std::find(offered.begin(), offered.end(), *route) == offered.end()) {
            return fmt::format("it does not offer {}, which request {} asks for",
                               model::path_of(*route), request.name);
        }
    }
    return std::nullopt;
}

results::Trial skipped_trial(const model::TrialSpec& spec, const std::string& reason) {
    results::Trial trial;
    trial.server = spec.server;
    trial.profile = spec.profile;
    trial.round = spec.round;
    trial.outcome = model::Outcome::skipped;
    trial.reason = reason;
    return trial;
}

template <class Range, class Name>
const auto& named(const Range& range, Name matches) {
    return *std::find_if(range.begin(), range.end(), matches);
}

trial::LaunchSettings launch_settings(const PreparedSuite& suite, const model::Payload& payload) {
    trial::LaunchSettings settings;
    settings.serve_executable = suite.serve_executable;
    std::transform(payload.routes.begin(), payload.routes.end(),
                   std::back_inserter(settings.routes), model::without_file_content);
    settings.address = suite.address;
    settings.limits = suite.config.limits.server;
    settings.limits.cpus = suite.cpus.server;
    settings.limits.processes = config::process_limit(suite.config);
    settings.user = suite.config.limits.user;
    return settings;
}

results::LimitsInfo limits_of(const PreparedSuite& suite) {
    results::LimitsInfo limits{machine::format_cpu_list(suite.cpus.server),
                               machine::format_cpu_list(suite.cpus.client),
                               {},
                               suite.config.limits.user};
    for_each_member<model::ProcessLimits>([&]<class Member>(Member /*type*/) {
        const auto& limit = suite.config.limits.server.*Member::pointer;
        if constexpr (std::is_same_v<decltype(limit), const std::optional<std::uint64_t>&>) {
            if (limit) {
                limits.server.emplace(Member::name, *limit);
            }
        }
    });
    return limits;
}

/// Trials of before a --resume may be of another version than the server has now. What the first
/// run found stands beside the trials.
Status note_older_versions(std::vector<results::ServerInfo>& servers, const Journal& journal,
                           SuiteObserver& observer) {
    const auto path = journal.directory() / "journal" / "servers.json";
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        results::ResultSet only;
        only.servers = servers;
        return results::write_file(path, results::to_json(only));
    }
    const auto before = results::read_results(path);
    if (!before) {
        return before.error();
    }
    const auto known = results::by_name(before->servers, &results::ServerInfo::id);
    for (auto& server : servers) {
        const auto then = known.find(server.id);
        if (then == known.end() || !then->second->version || !server.version ||
            then->second->version == server.version) {
            continue;
        }
        server.details["version at first"] = *then->second->version;
        observer.on_warning(fmt::format("{} was version {} when the suite was begun and is {} now",
                                        server.id, *then->second->version, *server.version));
    }
    return {};
}

/// What results.json says of the trials in the journal.
Result<results::ResultSet> collect_results(const PreparedSuite& suite, const Journal& journal,
                                           const std::map<std::string, std::string>& machine,
                                           const model::Payload& payload,
                                           std::vector<results::ServerInfo> servers) {
    results::ResultSet results;
    results.suite = suite.config.name;
    results.benchhost_version = BENCHHOST_VERSION;
    results.created_at = journal.created_at();
    results.environment = machine;
    for (const auto& [path, hash] : suite.plugin_hashes) {
        const auto name = std::filesystem::path(path).filename().string();
        results.environment["plugin " + name] = "sha256 " + hash;
    }
    results.config.file = suite.request.config.filename().string();
    results.config.text = suite.config.text;
    results.seed = suite.config.seed;
    results.quick = suite.request.quick;
    results.overrides = suite.request.overrides;
    if (!suite.request.servers.empty()) {
        results.overrides.push_back(
            fmt::format("suite.servers={}", fmt::join(suite.request.servers, ", ")));
    }
    results.rounds = suite.config.repeats;
    results.limits = limits_of(suite);
    results.servers = std::move(servers);
    for (const auto& profile : suite.config.profiles) {
        results.profiles.push_back(trial::describe_profile(profile, payload));
    }
    auto trials = journal.read_trials();
    if (!trials) {
        return trials.error();
    }
    results.trials = std::move(*trials);
    results.interrupted = journal.finished().size() < suite.plan.size();
    return results;
}

/// Runs the trials that the journal does not hold. One thread; the references outlive it.
class Trials {
  public:
    Trials(const PreparedSuite& suite, Journal& journal, const model::Payload& payload,
           trial::ServerLauncher& launcher, const SuiteContext& context)
        : suite_(suite),
          journal_(journal),
          context_(context),
          progress_(context.observer),
          availabilities_(probe_servers(suite, launcher, context)),
          runner_(launcher, payload,
                  {context.generator, context.interrupted, &progress_, context.now,
                   suite.config.seed, cpus_, suite.cpus.shared}) {}

    Status run() {
        context_.observer.on_suite_begin(suite_.plan.size(), journal_.finished().size());
        for (std::size_t number = 0; number < suite_.plan.size() && !over(); ++number) {
            if (journal_.finished().count(number) > 0) {
                continue;
            }
            if (auto kept = run_one(number); !kept) {
                return kept;
            }
        }
        return {};
    }

    std::vector<results::ServerInfo> servers() const {
        std::vector<results::ServerInfo> servers;
        for (const auto& server : suite_.servers) {
            servers.push_back(describe_server(server, availabilities_.at(server.id)));
        }
        return servers;
    }

  private:
    bool over() const { return context_.interrupted || context_.generator.lost(); }

    /// Until it is whole and the machine did not spoil it, or may no longer be asked again. Kept on
    /// disk, unless it was interrupted.
    Status run_one(std::size_t number) {
        const auto& spec = suite_.plan[number];
        const auto& server =
            named(suite_.servers, [&](const auto& entry) { return entry.id == spec.server; });
        const auto& profile = named(suite_.config.profiles,
                                    [&](const auto& entry) { return entry.name == spec.profile; });
        context_.observer.on_trial_begin(spec, number);
        for (;;) {
            auto trial = attempt(number, server, profile);
            if (const auto lost = context_.generator.lost()) {
                return keep_lost(number, spec, *lost);
            }
            if (!trial) {
                return {};
            }
            if (!shall_repeat(number, *trial)) {
                auto kept = journal_.add(number, *trial);
                if (kept) {
                    context_.observer.on_trial_end(*trial, number);
                }
                return kept;
            }
            trial->superseded = true;
            if (auto kept = journal_.add_spoilt(number, *trial); !kept) {
                return kept;
            }
            context_.observer.on_warning(fmt::format("{} {} round {} is run again: {}", spec.server,
                                                     spec.profile, spec.round,
                                                     trial->verdict_why.value_or("")));
        }
    }

    /// Says which trial ran when the generator was lost; --resume runs it again.
    Status keep_lost(std::size_t number, const model::TrialSpec& spec, const std::string& why) {
        auto trial = skipped_trial(spec, why);
        trial.outcome = model::Outcome::failed;
        trial.stage = "load";
        trial.superseded = true;
        return journal_.add_spoilt(number, trial);
    }

    /// Nothing when it was interrupted.
    std::optional<results::Trial> attempt(std::size_t number, const plugin::ServerUnderTest& server,
                                          const config::LoadProfile& profile) {
        const auto& spec = suite_.plan[number];
        const auto& availability = availabilities_.at(server.id);
        if (!availability.available) {
            return skipped_trial(spec, availability.reason);
        }
        auto asked = server;
        asked.description.routes = availability.routes.value_or(server.description.routes);
        if (const auto lacking = lacking_route(asked, profile)) {
            return skipped_trial(spec, *lacking);
        }
        const auto waited = wait_for_calm();
        const auto directory =
            journal_.directory() / "work" / fmt::format("{:05}-{}", number, server.id);
        auto trial = runner_.run(asked, profile, spec, directory);
        if (trial) {
            trial->calm_s = to_seconds(waited);
        }
        return trial;
    }

    // A machine that stays busy will not be calm before the next trial either: less and less time
    // is spent on hoping.
    Nanoseconds wait_for_calm() {
        const auto waited = context_.wait_for_calm(patience_, cpus_, context_.interrupted);
        const auto most = suite_.config.calm;
        patience_ =
            waited < patience_ ? most : std::max(patience_ / 2, std::min(kLeastPatience, most));
        return waited;
    }

    bool shall_repeat(std::size_t number, const results::Trial& trial) const {
        if (context_.interrupted || suite_.cpus.shared || trial.outcome != model::Outcome::ok ||
            trial.verdict != model::Verdict::machine_bound) {
            return false;
        }
        // A quota that was too small will be too small again.
        if (trial.machine && !trial.machine->quota_stops.empty()) {
            return false;
        }
        std::size_t so_far = 0;
        for (const auto& [other, attempts] : journal_.spoilt()) {
            so_far += attempts;
        }
        const auto own = journal_.spoilt().find(number);
        const std::size_t tried = own == journal_.spoilt().end() ? 0 : own->second;
        const std::size_t most =
            std::max<std::size_t>(suite_.config.retries, suite_.plan.size() / kTrialsPerRepeat);
        return tried < suite_.config.retries && so_far < most;
    }

    const PreparedSuite& suite_;
    Journal& journal_;
    const SuiteContext& context_;
    Nanoseconds patience_ = suite_.config.calm;
    machine::WatchedCpus cpus_ = machine::watched_cpus(suite_.cpus.server, suite_.cpus.client);
    ForwardProgress progress_;
    Availabilities availabilities_;
    trial::TrialRunner runner_;
};

}  // namespace

Result<results::ResultSet> run_suite(const PreparedSuite& suite, Journal& journal,
                                     const std::map<std::string, std::string>& machine,
                                     const SuiteContext& context) {
    std::error_code error;
    const auto payload_directory = journal.directory() / "payload";
    std::filesystem::create_directories(payload_directory, error);
    const auto payload = model::make_payload(suite.config.payload, payload_directory);
    if (!payload) {
        return payload.error();
    }
    for (const auto& warning : suite.warnings) {
        context.observer.on_warning(warning);
    }
    if (!suite.cpus.warning.empty()) {
        context.observer.on_warning(suite.cpus.warning);
    }
    trial::ProcessLauncher processes(launch_settings(suite, *payload));
    auto& launcher = context.launcher != nullptr ? *context.launcher : processes;
    Trials trials(suite, journal, *payload, launcher, context);
    auto servers = trials.servers();
    if (auto noted = note_older_versions(servers, journal, context.observer); !noted) {
        return noted.error();
    }
    if (auto kept = trials.run(); !kept) {
        return kept.error();
    }
    std::filesystem::remove_all(journal.directory() / "work", error);
    auto results = collect_results(suite, journal, machine, *payload, std::move(servers));
    if (results) {
        machine::add_load_after(results->environment);
    }
    return results;
}

}  // namespace benchhost::suite

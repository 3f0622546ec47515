#include "core/suite/trial_runner.hpp"

#include "core/load/ceiling.hpp"
#include "core/suite/clock.hpp"
#include "core/suite/limit_trial.hpp"
#include "core/suite/probe_routes.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <system_error>

namespace benchhost::suite {
namespace {

using std::chrono::steady_clock;

constexpr auto kProbePatience = std::chrono::seconds(15);

/// Everything but the target.
load::LoadSpec make_load_spec(const plan::LoadProfile& profile, const plan::Payload& payload,
                              const GeneratorSettings& generator, std::uint32_t round) {
    load::LoadSpec spec;
    spec.expectation = {profile.verify, 200, payload.of(profile.route).body};
    spec.model = profile.load;
    spec.warmup = profile.warmup;
    spec.duration = profile.duration;
    spec.timeout = profile.timeout;
    spec.keep_alive = profile.keep_alive;
    spec.pipeline = profile.pipeline;
    spec.cpus = generator.cpus;
    spec.threads = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(generator.cpus.size()));
    spec.seed = generator.seed + round;
    return spec;
}

std::string first_failure(const load::LoadReport& report) {
    for (std::size_t i = 0; i < load::kFailureClasses; ++i) {
        const auto failure = static_cast<load::FailureClass>(i);
        if (report.failures.count(failure) > 0) {
            return fmt::format("{} ({})", load::to_string(failure),
                               report.failures.example(failure));
        }
    }
    return "none came";
}

/// The load on a server that has been probed. False when the user interrupted it.
bool measure(results::Trial& trial, RunningServer& server, const load::LoadSpec& spec,
             const GeneratorSettings& generator, const std::atomic<bool>& interrupted,
             load::ProgressObserver* observer) {
    const auto window = load_and_watch(server, spec, generator, interrupted, observer);
    if (interrupted) {
        return false;
    }
    if (!window) {
        fail(trial, "connect", window.error().message, server.log_tail());
        return true;
    }
    fill_window(trial, *window);
    const auto& report = window->report;
    if (window->fault) {
        fail(trial, "measure", window->fault->reason, window->fault->log_tail);
    } else if (report.gave_up) {
        fail(trial, "measure", *report.gave_up, server.log_tail());
    } else if (report.books.ok == 0) {
        fail(trial, "measure",
             fmt::format("no request was answered rightly; first failure: {}",
                         first_failure(report)),
             server.log_tail());
    } else {
        trial.outcome = results::Outcome::ok;
        return true;
    }
    trial.requests_per_s.reset();  // of a window that says nothing
    trial.verdict.reset();
    trial.verdict_why.reset();
    return true;
}

void note_stop(results::Trial& trial, RunningServer& server) {
    const auto stopped = server.stop();
    // A server that failed has said why already.
    if (stopped && !stopped->clean && trial.outcome == results::Outcome::ok) {
        trial.notes.push_back("did not stop cleanly: " + stopped->how);
    }
    if (stopped && !stopped->tree_gone) {
        trial.notes.push_back("left processes behind that could not be killed");
    }
}

}  // namespace

Result<std::optional<double>> TrialRunner::ceiling_of(const std::string& profile,
                                                      const load::LoadSpec& spec,
                                                      const std::atomic<bool>& interrupted) {
    if (const auto known = ceilings_.find(profile); known != ceilings_.end()) {
        return known->second;
    }
    auto measured = load::generator_ceiling(spec, generator_.null_server_cpu, interrupted);
    if (measured) {
        ceilings_[profile] = *measured;
    }
    return measured;
}

std::optional<results::Trial> TrialRunner::run(const ServerUnderTest& server,
                                               const plan::LoadProfile& profile,
                                               const plan::TrialSpec& spec,
                                               const std::filesystem::path& directory,
                                               const std::atomic<bool>& interrupted,
                                               load::ProgressObserver* observer) {
    results::Trial trial;
    trial.server = spec.server;
    trial.profile = spec.profile;
    trial.round = spec.round;
    trial.started_at = utc_now();
    auto load_spec = make_load_spec(profile, payload_, generator_, spec.round);
    auto generator = generator_;
    const auto ceiling = ceiling_of(profile.name, load_spec, interrupted);
    if (ceiling) {
        generator.ceiling = *ceiling;
    } else {
        trial.notes.push_back("the generator's ceiling is not known: " + ceiling.error().message);
    }
    std::error_code ignored;
    std::filesystem::create_directories(directory, ignored);
    const auto begin = steady_clock::now();
    auto launched = launcher_.launch(server, directory);
    if (!launched) {
        const auto& fault = launched.error();
        fail(trial, process::to_string(fault.stage), fault.reason, fault.log_tail);
    } else {
        auto& running = **launched;
        trial.effective_limits = running.effective_limits();
        const auto probed = probe_routes(running, payload_, profile.route, !server.url,
                                         kProbePatience, interrupted);
        bool whole = true;
        if (!probed) {
            auto fault = running.fault();
            fail(trial, "probe", probed.error().message,
                 fault ? fault->log_tail : running.log_tail());
        } else {
            trial.ready_ms = to_milliseconds(steady_clock::now() - begin);
            trial.probed = *probed;
            load_spec.target = running.target();
            load_spec.target.path = route_path(load_spec.target.path, profile.route);
            whole = std::holds_alternative<plan::LimitSearch>(profile.load)
                        ? measure_limit(trial, running, load_spec, profile, generator, interrupted,
                                        observer)
                        : measure(trial, running, load_spec, generator, interrupted, observer);
            if (trial.client_usage) {
                trial.client_usage->ceiling_per_s = generator.ceiling;
            }
        }
        note_stop(trial, running);
        if (!whole) {
            std::filesystem::remove_all(directory, ignored);
            return std::nullopt;
        }
    }
    std::filesystem::remove_all(directory, ignored);
    if (interrupted && trial.outcome != results::Outcome::ok) {
        return std::nullopt;
    }
    return trial;
}

}  // namespace benchhost::suite

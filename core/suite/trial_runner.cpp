#include "core/suite/trial_runner.hpp"

#include "core/suite/clock.hpp"
#include "core/suite/measurement.hpp"
#include "core/suite/probe_routes.hpp"
#include "core/suite/usage_monitor.hpp"
#include "core/suite/verdict.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <system_error>

namespace benchhost::suite {
namespace {

using std::chrono::steady_clock;

constexpr auto kProbePatience = std::chrono::seconds(15);

void fail(results::Trial& trial, const std::string& stage, const std::string& reason,
          std::vector<std::string> log_tail) {
    trial.outcome = results::Outcome::failed;
    trial.stage = stage;
    trial.reason = reason;
    trial.log_tail = std::move(log_tail);
}

/// Passes progress on and tells the monitor where the window begins and ends.
class WindowMarker : public load::ProgressObserver {
  public:
    WindowMarker(UsageMonitor& monitor, load::ProgressObserver* next)
        : monitor_(monitor), next_(next) {}
    void on_progress(const load::Progress& progress) override {
        if (next_ != nullptr) {
            next_->on_progress(progress);
        }
    }
    void on_window_begin() override { monitor_.begin_window(); }
    void on_window_end() override { monitor_.end_window(); }

  private:
    UsageMonitor& monitor_;
    load::ProgressObserver* next_;
};

load::LoadSpec make_load_spec(RunningServer& server, const plan::LoadProfile& profile,
                              const plan::Payload& payload, const GeneratorSettings& generator,
                              std::uint32_t round) {
    load::LoadSpec spec;
    spec.target = server.target();
    spec.target.path = route_path(spec.target.path, profile.route);
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

void judge_trial(results::Trial& trial, const load::LoadReport& report,
                 const plan::LoadProfile& profile, const UsageMonitor& monitor,
                 const GeneratorSettings& generator) {
    std::optional<MachineShare> machine;
    const auto begin = monitor.machine_begin();
    const auto end = monitor.machine_end();
    const auto server_cpu = monitor.window_cpu();
    if (begin && end && server_cpu) {
        machine = share_between(*begin, *end, *server_cpu, report.client.cpu);
    }
    const auto verdict =
        judge({report, profile.load, machine, generator.cpus_shared, generator.ceiling});
    trial.verdict = verdict.verdict;
    trial.verdict_why = verdict.why;
}

/// The load on a server that has been probed. False when the user interrupted it.
bool measure(results::Trial& trial, RunningServer& server, const load::LoadSpec& spec,
             const plan::LoadProfile& profile, const GeneratorSettings& generator,
             const std::atomic<bool>& interrupted, load::ProgressObserver* observer) {
    std::atomic<bool> stop{false};
    UsageMonitor monitor(server, stop, interrupted);
    WindowMarker marker(monitor, observer);
    auto report = load::run_load(spec, stop, &marker);
    monitor.finish();
    if (interrupted) {
        return false;
    }
    if (!report) {
        fail(trial, "connect", report.error().message, server.log_tail());
        return true;
    }
    fill_measurement(trial, *report);
    trial.server_usage = monitor.summary(report->books.ok);
    monitor.fill_series(trial.series);
    if (const auto& fault = monitor.fault()) {
        fail(trial, "measure", fault->reason, fault->log_tail);
    } else if (report->gave_up) {
        fail(trial, "measure", *report->gave_up, server.log_tail());
    } else if (report->books.ok == 0) {
        fail(trial, "measure",
             fmt::format("no request was answered rightly; first failure: {}",
                         first_failure(*report)),
             server.log_tail());
    } else {
        trial.outcome = results::Outcome::ok;
        judge_trial(trial, *report, profile, monitor, generator);
    }
    if (trial.outcome == results::Outcome::failed) {
        trial.requests_per_s.reset();  // of a window that was cut short
    }
    return true;
}

void note_stop(results::Trial& trial, RunningServer& server) {
    const auto stopped = server.stop();
    if (stopped && !stopped->clean) {
        trial.notes.push_back("did not stop cleanly: " + stopped->how);
    }
    if (stopped && !stopped->tree_gone) {
        trial.notes.push_back("left processes behind that could not be killed");
    }
}

}  // namespace

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
            whole = measure(trial, running,
                            make_load_spec(running, profile, payload_, generator_, spec.round),
                            profile, generator_, interrupted, observer);
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

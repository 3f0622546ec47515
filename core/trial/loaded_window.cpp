#include "core/trial/loaded_window.hpp"

#include "core/machine/network_limits.hpp"
#include "core/trial/measurement.hpp"
#include "core/trial/row_notes.hpp"
#include "core/trial/usage_monitor.hpp"

namespace benchhost::trial {
namespace {

/// Passes progress on, keeps that of the warm-up, and tells the monitor where the window begins and
/// ends.
class WindowMarker : public load::ProgressObserver {
  public:
    WindowMarker(UsageMonitor& monitor, Nanoseconds duration, load::ProgressObserver* next)
        : monitor_(monitor), duration_(duration), next_(next) {}
    void on_progress(const load::Progress& progress) override {
        if (progress.phase == load::Progress::Phase::warmup) {
            const auto window_start = progress.total - duration_;
            auto& point = warmup_.emplace_back();
            point.t = to_seconds(progress.elapsed - window_start);
            point.requests_per_s = progress.rate;
            if (progress.p99) {
                point.p99_ms = to_milliseconds(*progress.p99);
            }
        }
        if (next_ != nullptr) {
            next_->on_progress(progress);
        }
    }
    void on_window_begin() override { monitor_.begin_window(); }
    void on_window_end() override { monitor_.end_window(); }
    std::vector<results::WarmupPoint> warmup() const { return warmup_; }

  private:
    UsageMonitor& monitor_;
    Nanoseconds duration_;
    std::vector<results::WarmupPoint> warmup_;
    load::ProgressObserver* next_;
};

}  // namespace

Result<LoadedWindow> load_and_watch(RunningServer& server, const load::LoadSpec& spec,
                                    const TrialContext& context) {
    std::atomic<bool> stop{false};
    UsageMonitor monitor(server, context.cpus, stop, context.interrupted);
    WindowMarker marker(monitor, spec.duration, context.observer);
    auto generated = context.generator.run(spec, stop, &marker);
    monitor.finish();
    if (context.interrupted) {
        return Error{ErrorCode::interrupted, "interrupted"};
    }
    if (!generated) {
        return generated.error();
    }
    LoadedWindow window;
    window.report = std::move(generated->report);
    window.parts = std::move(generated->parts);
    window.fault = monitor.fault();
    window.usage = monitor.summary(window.report.ended.ok);
    const bool server_is_ours = server.pid().has_value();
    if (!window.fault && may_spin(window.usage, to_seconds(window.report.duration))) {
        window.usage.idle_cpu_share = monitor.idle_cpu_share();
    }
    window.warmup = marker.warmup();
    window.series = series_of(window.report);
    monitor.fill_series(window.series);
    window.machine = monitor.machine(generated->cpu_here);
    const auto notes = notes_on(window.report, window.usage, window.machine);
    window.report.notes.insert(window.report.notes.end(), notes.begin(), notes.end());
    if (monitor.lost_cpu()) {
        window.report.notes.emplace_back(
            "its CPU time is not known: a process of it ended that nobody waited for (SIGCHLD is "
            "ignored), and what it had used is counted nowhere");
    }
    std::optional<results::ServerUsage> seen;
    if (server_is_ours) {
        seen = window.usage;
    }
    window.verdict = worst_of(judge({window.report, spec.model, window.machine, context.cpus_shared,
                                     context.ceiling, seen}),
                              window.parts);
    return window;
}

void fill_window(results::Trial& trial, const LoadedWindow& window) {
    fill_measurement(trial, window.report);
    trial.server_usage = window.usage;
    trial.machine = window.machine;
    trial.warmup = window.warmup;
    trial.series = window.series;
    trial.verdict = window.verdict.verdict;
    trial.verdict_why = window.verdict.why;
    trial.parts = window.parts;
    if (auto note = delayed_ack_note(trial)) {
        trial.notes.push_back(std::move(*note));
    }
}

void fill_step(results::LoadStep& step, const LoadedWindow& window) {
    const auto latency = results::summarise(window.report.response_time);
    if (latency) {
        step.p50_ms = latency->p50;
        step.p99_ms = latency->p99;
    }
    step.planned = window.report.books.planned;
    step.ok = window.report.books.ok;
    step.verdict = window.verdict.verdict;
    step.cpu_us_per_request = window.usage.cpu_us_per_request;
    step.rss_bytes = window.usage.rss_peak_bytes;
}

void fail(results::Trial& trial, const std::string& stage, const std::string& reason,
          std::vector<std::string> log_tail) {
    trial.outcome = model::Outcome::failed;
    trial.stage = stage;
    trial.reason = reason;
    trial.log_tail = std::move(log_tail);
}

}  // namespace benchhost::trial

#include "cli/progress_line.hpp"

#include "cli/standard_output.hpp"
#include "core/base/units.hpp"
#include "report/table/number.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace benchhost::cli {
namespace {

std::string phase_name(load::Progress::Phase phase) {
    switch (phase) {
        case load::Progress::Phase::connect:
            return "connect";
        case load::Progress::Phase::warmup:
            return "warm-up";
        case load::Progress::Phase::measure:
            return "measure";
        case load::Progress::Phase::drain:
            return "drain";
    }
    return "";
}

std::string describe_limit(const results::LimitFound& limit) {
    const std::string unit = limit.of == "users" ? "users" : "requests/s";
    if (!limit.first_failed) {
        return fmt::format("bears at least {} {}: {}", report::rounded(limit.highest_ok), unit,
                           limit.why);
    }
    return fmt::format("bears {} {}, fails at {}: {}", report::rounded(limit.highest_ok), unit,
                       report::rounded(limit.first_failed), limit.why);
}

std::string describe_outcome(const results::Trial& trial) {
    if (trial.outcome != model::Outcome::ok) {
        return fmt::format("{}: {}", to_string(trial.outcome), trial.reason.value_or(""));
    }
    if (trial.limit) {
        return describe_limit(*trial.limit);
    }
    std::string text = report::rounded(trial.requests_per_s) + " requests/s";
    if (trial.response_time_ms) {
        text += fmt::format(", p50 {} ms, p99 {} ms", report::rounded(trial.response_time_ms->p50),
                            report::rounded(trial.response_time_ms->p99));
    }
    if (trial.requests && trial.requests->failed_total() > 0) {
        text += fmt::format(", {} failed", trial.requests->failed_total());
    }
    if (trial.verdict && *trial.verdict != model::Verdict::server_bound) {
        text += fmt::format(" ({})", to_string(*trial.verdict));
    }
    return text;
}

std::size_t terminal_width() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

void ProgressLine::on_suite_begin(std::size_t trials, std::size_t already_done) {
    trials_ = trials;
    if (!quiet_ && already_done > 0) {
        tell("going on: {} of {} trials are done\n", already_done, trials);
    }
}

void ProgressLine::on_trial_begin(const model::TrialSpec& trial, std::size_t number) {
    label_ = fmt::format("[{}/{}] {} {} round {}", number + 1, trials_, trial.server, trial.profile,
                         trial.round);
    show(label_ + ": starting");
}

void ProgressLine::on_progress(const load::Progress& progress) {
    if (!live_) {
        return;
    }
    auto text = fmt::format("{}: {} {:.0f}/{:.0f} s, {} requests/s", label_,
                            phase_name(progress.phase), to_seconds(progress.elapsed),
                            to_seconds(progress.total), report::rounded(progress.rate));
    if (progress.p99) {
        text += fmt::format(", p99 {} ms", report::rounded(to_milliseconds(*progress.p99)));
    }
    if (progress.failed > 0) {
        text += fmt::format(", {} failed", progress.failed);
    }
    show(text);
}

void ProgressLine::on_trial_end(const results::Trial& trial, std::size_t /*number*/) {
    clear();
    if (!quiet_) {
        tell("{}: {}\n", label_, describe_outcome(trial));
    }
}

void ProgressLine::on_warning(const std::string& message) {
    clear();
    tell("benchhost: warning: {}\n", message);
}

void ProgressLine::show(const std::string& text) const {
    if (live_) {
        redraw_line(text.substr(0, terminal_width() - 1));
        std::fflush(stderr);
    }
}

void ProgressLine::clear() const {
    if (live_) {
        redraw_line("");
    }
}

}  // namespace benchhost::cli

#include "core/trial/sweep_trial.hpp"

#include "core/trial/limit_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace benchhost::trial {
namespace {

using model::Verdict;

/// One load of the sweep. Nothing when the trial has failed; it says why.
std::optional<LoadedWindow> run_step(results::Trial& trial, RunningServer& server,
                                     const load::LoadSpec& spec, const TrialContext& context) {
    auto window = load_and_watch(server, spec, context);
    if (!window) {
        fail(trial, "connect", window.error().message, server.log_tail());
        return std::nullopt;
    }
    if (window->fault) {
        fail(trial, "measure", window->fault->reason, window->fault->log_tail);
        return std::nullopt;
    }
    return std::move(*window);
}

/// What the server reaches in a closed loop on as many connections.
std::optional<double> measure_capacity(results::Trial& trial, RunningServer& server,
                                       load::LoadSpec spec, std::uint32_t connections,
                                       const TrialContext& context) {
    spec.model = model::ClosedLoop{connections};
    const auto window = run_step(trial, server, spec, context);
    if (!window) {
        return std::nullopt;
    }
    if (window->report.ended.ok == 0) {
        fail(trial, "measure", "no request of the closed loop was answered rightly",
             server.log_tail());
        return std::nullopt;
    }
    if (window->verdict.verdict != Verdict::server_bound) {
        trial.notes.push_back(fmt::format("the closed loop that measured the capacity was {}: {}",
                                          to_string(window->verdict.verdict), window->verdict.why));
    }
    return window->report.rate();
}

results::LoadStep step_of(const LoadedWindow& window, const model::OpenLoop& model, double load,
                          std::optional<double> share) {
    // A search without more ado allows no failure: a rate counts when all of it was answered.
    model::LimitSearch strict;
    strict.of = model::LimitSearch::Of::rate;
    const auto seen = observe(window.report, model);
    results::LoadStep step;
    step.load = load;
    step.share = share;
    step.requests_per_s = seen.requests_per_s;
    step.failed = seen.failed + seen.not_sent;
    step.why = LimitSearch(strict).why_failed(seen);
    step.passed = step.why.empty();
    const auto verdict = window.verdict.verdict;
    if (verdict == Verdict::client_bound || verdict == Verdict::link_bound ||
        verdict == Verdict::machine_bound) {
        step.why += fmt::format("{}{}: {}", step.passed ? "" : "; ", to_string(verdict),
                                window.verdict.why);
    }
    fill_step(step, window);
    return step;
}

}  // namespace

void measure_sweep(results::Trial& trial, RunningServer& server, load::LoadSpec spec,
                   const model::RateSweep& wanted, const TrialContext& context) {
    auto& sweep = trial.sweep.emplace();
    if (wanted.rates.front().is_share) {
        sweep.capacity_per_s = measure_capacity(trial, server, spec, wanted.connections, context);
        if (!sweep.capacity_per_s) {
            return;
        }
    }
    std::optional<std::pair<double, LoadedWindow>> best;
    for (const auto& rate : wanted.rates) {
        // Not less than a request a second, so that a short window holds one.
        const double load =
            rate.is_share ? std::max(1.0, rate.value * *sweep.capacity_per_s) : rate.value;
        spec.model = wanted.at(load);
        auto window = run_step(trial, server, spec, context);
        if (!window) {
            return;
        }
        sweep.steps.push_back(step_of(*window, wanted.at(load), load,
                                      rate.is_share ? std::optional(rate.value) : std::nullopt));
        const bool higher = sweep.steps.back().passed && (!best || load > best->first);
        if (higher || !best) {
            // The first stands in until one has passed.
            best.emplace(sweep.steps.back().passed ? load : 0, std::move(*window));
        }
    }
    fill_window(trial, best->second);
    trial.outcome = model::Outcome::ok;
}

}  // namespace benchhost::trial

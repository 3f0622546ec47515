#include "core/trial/limit_trial.hpp"

#include "core/trial/limit_search.hpp"
#include "core/trial/loaded_window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

namespace benchhost::trial {
namespace {

using Of = model::LimitSearch::Of;

results::LoadStep step_result(const LimitSearch::Step& step, const LoadedWindow* window) {
    results::LoadStep result;
    result.load = step.load;
    result.passed = step.passed;
    result.requests_per_s = step.seen.requests_per_s;
    result.failed = step.seen.failed + step.seen.not_sent;
    result.why = step.why;
    if (window != nullptr) {
        fill_step(result, *window);
    }
    return result;
}

// A generator without descriptors or threads says nothing about the server.
LimitObservation observe_refusal(const Error& error,
                                 const std::optional<process::ServerFault>& fault) {
    LimitObservation seen;
    if (fault || error.code == ErrorCode::server) {
        seen.failed = 1;
        seen.first_failure = fault ? fault->reason : error.message;
    } else {
        seen.not_the_server = VerdictWithReason{model::Verdict::client_bound, error.message};
    }
    return seen;
}

LimitObservation observe_window(const LoadedWindow& window, const model::LoadModel& model,
                                bool cpus_shared) {
    using model::Verdict;
    auto seen = observe(window.report, model);
    if (window.fault) {
        seen.ok = 0;  // whatever it answered before it died
        seen.failed = std::max<std::uint64_t>(seen.failed, 1);
        seen.first_failure = "the server died: " + window.fault->reason;
    } else if (const auto verdict = window.verdict.verdict;
               verdict == Verdict::client_bound || verdict == Verdict::link_bound ||
               verdict == Verdict::not_known ||
               (verdict == Verdict::machine_bound && !cpus_shared)) {
        seen.not_the_server = window.verdict;
    }
    return seen;
}

/// Failed steps that the machine spoilt are run again; beyond these many such a load counts as out
/// of reach.
constexpr unsigned kMostSpoilt = 3;

bool is_spoilt(const LoadedWindow& window, const model::LoadModel& model, const LimitSearch& search,
               bool cpus_shared) {
    return !window.fault && !cpus_shared &&
           window.verdict.verdict == model::Verdict::machine_bound &&
           !search.why_failed(observe(window.report, model)).empty();
}

/// Why there is no server any more; empty: a fresh one runs.
std::string replace_broken(results::Trial& trial, TrialServer& server) {
    trial.log_tail = server.running().log_tail();
    const auto replaced = server.replace();
    return replaced ? "" : replaced.error().message;
}

void conclude(results::Trial& trial, results::LimitFound found, const LimitSearch::Outcome& outcome,
              const std::map<double, LoadedWindow>& passed, bool cpus_shared) {
    const auto best = outcome.highest_ok ? passed.find(*outcome.highest_ok) : passed.end();
    if (best == passed.end()) {
        found.highest_ok.reset();
        fail(trial, "measure", "no load was confirmed without failure: " + found.why,
             std::move(trial.log_tail));
    } else {
        using model::Verdict;
        fill_window(trial, best->second);
        trial.outcome = model::Outcome::ok;
        trial.log_tail.clear();
        trial.verdict = cpus_shared            ? Verdict::machine_bound
                        : outcome.first_failed ? Verdict::server_bound
                        : outcome.out_of_reach ? *outcome.out_of_reach
                                               : Verdict::load_limited;
        trial.verdict_why =
            cpus_shared ? "server and generator share processors; " + found.why : found.why;
    }
    trial.limit = std::move(found);
}

}  // namespace

void measure_limit(results::Trial& trial, TrialServer& server, load::LoadSpec spec,
                   const model::LimitSearch& wanted, const TrialContext& context) {
    LimitSearch search(wanted);
    spec.duration = wanted.step_duration;
    results::LimitFound found;
    found.of = wanted.of == Of::users ? "users" : "rate";
    std::map<double, LoadedWindow> passed;  // the latest that passed, by load
    std::string gone;                       // why there is no server any more
    unsigned spoilt = 0;
    const auto begin = context.now();
    const auto next_load = [&] {
        if (wanted.search_time && context.now() - begin >= *wanted.search_time) {
            search.stop_exploring();
        }
        return gone.empty() ? search.next_load() : std::nullopt;
    };
    while (const auto next = next_load()) {
        std::visit([&](const auto& step) { spec.model = step; }, wanted.at(*next));
        spec.target = server.target();
        auto window = load_and_watch(server.running(), spec, context);
        if (context.interrupted) {
            return;
        }
        bool held = false;
        if (window && spoilt < kMostSpoilt &&
            is_spoilt(*window, spec.model, search, context.cpus_shared)) {
            ++spoilt;
            trial.notes.push_back(fmt::format("the step of {:.0f} was run again: machine-bound, {}",
                                              *next, window->verdict.why));
        } else {
            search.observe(window ? observe_window(*window, spec.model, context.cpus_shared)
                                  : observe_refusal(window.error(), server.running().fault()));
            held = search.steps().back().passed;
            found.steps.push_back(step_result(search.steps().back(), window ? &*window : nullptr));
        }
        if (held) {
            passed.insert_or_assign(*next, std::move(*window));
        } else if (next_load()) {
            gone = replace_broken(trial, server);
        }
    }
    const auto outcome = search.outcome();
    found.highest_ok = outcome.highest_ok;
    found.first_failed = outcome.first_failed;
    found.why = outcome.why;
    if (!gone.empty()) {
        found.why += "; no fresh server came up after it: " + gone;
    }
    conclude(trial, std::move(found), outcome, passed, context.cpus_shared);
}

}  // namespace benchhost::trial

#include "core/suite/limit_trial.hpp"

#include "core/load/limit_search.hpp"
#include "core/suite/loaded_window.hpp"
#include "core/suite/measurement.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace benchhost::suite {
namespace {

using Of = plan::LimitSearch::Of;

plan::LoadModel model_of_step(const plan::LimitSearch& search, double load) {
    if (search.of == Of::users) {
        return plan::VirtualUsers{static_cast<std::uint32_t>(std::lround(load)), search.spawn_rate,
                                  search.think_time};
    }
    plan::OpenLoop open;
    open.rate = load;
    open.arrivals = search.arrivals;
    open.connections = search.connections;
    return open;
}

results::LimitFound::Step step_result(const load::LimitSearch::Step& step,
                                      const results::ServerUsage& usage) {
    results::LimitFound::Step result;
    result.load = step.load;
    result.passed = step.passed;
    result.requests_per_s = step.seen.requests_per_s;
    result.failed = step.seen.failed;
    if (step.seen.p99) {
        result.p99_ms = to_milliseconds(*step.seen.p99);
    }
    result.rss_bytes = usage.rss_peak_bytes;
    result.why = step.why;
    return result;
}

}  // namespace

bool measure_limit(results::Trial& trial, RunningServer& server, load::LoadSpec spec,
                   const plan::LoadProfile& profile, const GeneratorSettings& generator,
                   const std::atomic<bool>& interrupted, load::ProgressObserver* observer) {
    const auto& wanted = std::get<plan::LimitSearch>(profile.load);
    load::LimitSearch search(wanted);
    spec.duration = wanted.step_duration;
    results::LimitFound found;
    found.of = wanted.of == Of::users ? "users" : "rate";
    std::map<double, LoadedWindow> passed;  // the latest that passed, by load
    std::optional<process::ServerFault> fault;
    while (const auto next = search.next_load()) {
        spec.model = model_of_step(wanted, *next);
        auto window = load_and_watch(server, spec, generator, interrupted, observer);
        if (interrupted) {
            return false;
        }
        if (!window) {
            fail(trial, "connect", window.error().message, server.log_tail());
            return true;
        }
        auto seen = load::observe(window->report);
        fault = window->fault;
        if (fault) {
            seen.first_failure = fault->reason;
            seen.failed = std::max<std::uint64_t>(seen.failed, 1);
        } else if (window->verdict.verdict == results::Verdict::client_bound) {
            seen.not_the_server = window->verdict.why;
        }
        search.observe(seen);
        const auto& step = search.steps().back();
        found.steps.push_back(step_result(step, window->usage));
        if (step.passed) {
            passed.insert_or_assign(step.load, std::move(*window));
        }
        if (fault) {
            break;
        }
    }
    const auto outcome = search.outcome();
    found.highest_ok = outcome.highest_ok;
    found.first_failed = outcome.first_failed;
    found.why = outcome.why;
    if (fault) {
        found.why = fmt::format("the server died at {} {}: {}", search.steps().back().load,
                                found.of == "users" ? "users" : "requests/s", fault->reason);
        found.first_failed = search.steps().back().load;
        trial.log_tail = fault->log_tail;
    }
    const auto best = found.highest_ok ? passed.find(*found.highest_ok) : passed.end();
    if (best == passed.end()) {
        found.highest_ok.reset();
        fail(trial, "measure", "no load was confirmed without failure: " + found.why,
             fault ? fault->log_tail : server.log_tail());
    } else {
        fill_window(trial, best->second);
        trial.outcome = results::Outcome::ok;
        trial.verdict = results::Verdict::server_bound;
        trial.verdict_why = found.why;
    }
    trial.limit = std::move(found);
    return true;
}

}  // namespace benchhost::suite

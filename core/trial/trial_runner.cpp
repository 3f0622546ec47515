#include "core/trial/trial_runner.hpp"

#include "core/machine/network_limits.hpp"
#include "core/trial/clock.hpp"
#include "core/trial/limit_trial.hpp"
#include "core/trial/probe_requests.hpp"
#include "core/trial/sweep_trial.hpp"
#include "core/trial/trial_server.hpp"

#include <fmt/format.h>

#include <system_error>

namespace benchhost::trial {
namespace {

/// Of a series each step has a load of its own; this one stands for them all where it matters how
/// much the generator can do.
model::LoadModel model_for_ceiling(const model::TrialLoad& load) {
    const auto open_loop = [](std::uint32_t connections) {
        model::OpenLoop open;
        open.connections = connections;
        return open;
    };
    return std::visit(
        model::Overloaded{[&](const model::RateSweep& sweep) -> model::LoadModel {
                              return open_loop(sweep.connections);
                          },
                          [&](const model::LimitSearch& search) -> model::LoadModel {
                              return open_loop(search.connections);
                          },
                          [](const auto& single) -> model::LoadModel { return single; }},
        load);
}

/// The least that the server is asked to wait by its route for that; nothing when a request is not
/// of it, or says so only when it is drawn.
std::optional<Nanoseconds> least_wait(const std::vector<model::RequestSpec>& requests) {
    std::optional<Nanoseconds> least;
    for (const auto& request : requests) {
        const std::string prefix = std::string(model::path_of(model::Route::wait)) + "/";
        const auto wait = request.path.starts_with(prefix)
                              ? parse_count(request.path.substr(prefix.size()), 0, 60'000)
                              : Error{ErrorCode::usage, ""};
        if (!wait) {
            return std::nullopt;
        }
        const Nanoseconds own = std::chrono::milliseconds(*wait);
        least = std::min(least.value_or(own), own);
    }
    return least;
}

/// Everything but the target.
load::LoadSpec make_load_spec(const config::LoadProfile& profile, const model::Payload& payload,
                              std::uint64_t seed) {
    load::LoadSpec spec;
    spec.expectation.verify = profile.verify;
    spec.requests = profile.requests;
    spec.picks = profile.picks;
    spec.is_flow = profile.is_flow;
    spec.keeps_cookies = profile.keeps_cookies;
    spec.answer_wait = least_wait(profile.requests);
    if (profile.requests.empty()) {
        spec.expectation.body = payload.of(profile.route).body;
    }
    spec.model = model_for_ceiling(profile.load);
    spec.warmup = profile.warmup;
    spec.duration = profile.duration;
    spec.timeout = profile.timeout;
    spec.keep_alive = profile.keep_alive;
    spec.connection_requests = profile.connection_requests;
    spec.pipeline = profile.pipeline;
    spec.seed = seed & config::kMostSeed;  // it stands in the results, too
    return spec;
}

std::string first_failure(const load::LoadReport& report) {
    for (std::size_t i = 0; i < model::kFailureClasses; ++i) {
        const auto failure = static_cast<model::FailureClass>(i);
        if (report.failures.count(failure) > 0) {
            return fmt::format("{} ({})", model::to_string(failure),
                               report.failures.example(failure));
        }
    }
    return "none came";
}

/// How often a server that does not answer is asked. Where others had most of the processors in the
/// window, it, or the kernel's thread that delivers what is sent to it, may just have none.
int attempts_after(const LoadedWindow& window) {
    constexpr double kMost = 0.5;
    constexpr int kOnABusyMachine = 6;
    return window.machine && window.machine->others.value_or(0) > kMost ? kOnABusyMachine : 1;
}

/// Why a server that lives does not answer any more, after a window in which answers stayed out.
/// Nothing when it answers, or nothing stayed out.
std::optional<std::string> why_silent(RunningServer& server, const http::Target& target,
                                      const LoadedWindow& window) {
    constexpr auto kPatience = std::chrono::seconds(2);
    const auto& report = window.report;
    if (report.books.ok == 0 || (report.failures.count(model::FailureClass::timeout) == 0 &&
                                 report.books.unfinished == 0)) {
        return std::nullopt;
    }
    auto answer = server.ask(target, kPatience, false);
    for (int attempt = 1; !answer && attempt < attempts_after(window); ++attempt) {
        answer = server.ask(target, kPatience, false);
    }
    if (answer) {
        return std::nullopt;
    }
    return fmt::format(
        "it stopped answering: {} requests without an answer, and one more after the "
        "load ({})",
        report.failures.count(model::FailureClass::timeout) + report.books.unfinished,
        answer.error().seen);
}

/// Nothing failed, all was under way throughout the window, and the machine kept it from going on.
bool only_disturbed(const results::Trial& trial, const load::LoadReport& report) {
    return trial.verdict == model::Verdict::machine_bound && report.failures.total() == 0 &&
           report.ended_failures.total() == 0;
}

double stopped_for(const LoadedWindow& window) {
    return window.machine ? window.machine->server_stopped_s.value_or(0) : 0;
}

/// What stayed out meanwhile is not its fault, as its verdict says.
bool goes_on_after_a_stop(RunningServer& server, const http::Target& target,
                          const LoadedWindow& window) {
    constexpr auto kPatience = std::chrono::seconds(2);
    return !window.fault && stopped_for(window) > 0 && server.ask(target, kPatience, false);
}

/// Beside why it does not answer.
std::string stop_hint(const LoadedWindow& window) {
    const double stopped = stopped_for(window);
    return stopped > 0
               ? fmt::format("; it, or a process of it, was stopped or frozen for about {:.1f} s",
                             stopped)
               : "";
}

/// The load on a server that has been probed.
void measure(results::Trial& trial, RunningServer& server, const load::LoadSpec& spec,
             const TrialContext& context) {
    const auto window = load_and_watch(server, spec, context);
    if (!window) {
        fail(trial, "connect",
             window.error().message + machine::conntrack_hint(machine::read_conntrack()),
             server.log_tail());
        return;
    }
    fill_window(trial, *window);
    const auto& report = window->report;
    if (goes_on_after_a_stop(server, spec.target, *window)) {
        trial.outcome = model::Outcome::ok;
        return;
    }
    if (window->fault) {
        fail(trial, "measure", window->fault->reason, window->fault->log_tail);
    } else if (report.gave_up) {
        fail(trial, "measure", *report.gave_up + stop_hint(*window), server.log_tail());
    } else if (const auto silent = why_silent(server, spec.target, *window)) {
        fail(trial, "measure", *silent + stop_hint(*window), server.log_tail());
    } else if (report.books.ok == 0 && report.ended.ok == 0 && !only_disturbed(trial, report)) {
        fail(trial, "measure",
             fmt::format("no request was answered rightly; first failure: {}{}{}",
                         first_failure(report), stop_hint(*window),
                         report.failures.count(model::FailureClass::connect_timeout) > 0
                             ? machine::conntrack_hint(machine::read_conntrack())
                             : ""),
             server.log_tail());
    } else {
        trial.outcome = model::Outcome::ok;
        return;
    }
    trial.requests_per_s.reset();  // of a window that says nothing
    trial.verdict.reset();
    trial.verdict_why.reset();
}

void load_server(results::Trial& trial, TrialServer& server, load::LoadSpec spec,
                 const model::TrialLoad& wanted, const TrialContext& context) {
    spec.target = server.target();
    spec.requests = below(spec.target.path, std::move(spec.requests));
    std::visit(model::Overloaded{[&](const model::LimitSearch& search) {
                                     measure_limit(trial, server, std::move(spec), search, context);
                                 },
                                 [&](const model::RateSweep& sweep) {
                                     measure_sweep(trial, server.running(), std::move(spec), sweep,
                                                   context);
                                 },
                                 [&](const auto& single) {
                                     spec.model = single;
                                     measure(trial, server.running(), spec, context);
                                 }},
               wanted);
}

}  // namespace

Result<std::optional<double>> TrialRunner::ceiling_of(const std::string& profile,
                                                      const load::LoadSpec& spec) {
    if (const auto known = ceilings_.find(profile); known != ceilings_.end()) {
        return known->second;
    }
    auto measured = context_.generator.ceiling(spec, context_.interrupted);
    if (measured) {
        ceilings_[profile] = *measured;
    }
    return measured;
}

std::optional<results::Trial> TrialRunner::run(const plugin::ServerUnderTest& server,
                                               const config::LoadProfile& profile,
                                               const model::TrialSpec& spec,
                                               const std::filesystem::path& directory) {
    results::Trial trial;
    trial.server = spec.server;
    trial.profile = spec.profile;
    trial.round = spec.round;
    trial.started_at = utc_now();
    auto load_spec = make_load_spec(profile, payload_, context_.seed + spec.round);
    auto context = context_;
    const auto ceiling = ceiling_of(profile.name, load_spec);
    if (ceiling) {
        context.ceiling = *ceiling;
    } else {
        trial.notes.push_back("the generator's ceiling is not known: " + ceiling.error().message);
    }
    const auto begin = context.now();
    std::error_code ignored;
    std::filesystem::create_directories(directory, ignored);
    {
        TrialServer running(launcher_, server, payload_, profile, directory, context.interrupted);
        if (running.start(trial)) {
            load_server(trial, running, std::move(load_spec), profile.load, context);
            if (trial.client_usage) {
                trial.client_usage->ceiling_per_s = context.ceiling;
            }
        }
        running.stop(trial);
    }
    std::filesystem::remove_all(directory, ignored);
    if (context.interrupted && trial.outcome != model::Outcome::ok) {
        return std::nullopt;
    }
    trial.took_s = to_seconds(context.now() - begin);
    return trial;
}

}  // namespace benchhost::trial

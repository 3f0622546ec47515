// benchhost load: an ad hoc load on a server that is already running.
#include "core/load/load.hpp"

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress_line.hpp"
#include "cli/standard_output.hpp"
#include "cli/whole_number.hpp"
#include "core/base/file.hpp"
#include "core/base/printable.hpp"
#include "core/config/config.hpp"
#include "core/config/profile_values.hpp"
#include "core/config/window_check.hpp"
#include "core/http/probe.hpp"
#include "core/load/spec_check.hpp"
#include "core/machine/cpu_list.hpp"
#include "core/model/payload.hpp"
#include "core/results/losses.hpp"
#include "core/results/results.hpp"
#include "core/trial/clock.hpp"
#include "core/trial/measurement.hpp"
#include "core/trial/verdict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

namespace benchhost::cli {
namespace {

struct LoadOptions {
    std::string url;
    std::uint32_t connections = 64;
    std::uint32_t threads = 1;
    std::string duration = "10s";
    std::string warmup = "0";
    std::string timeout = "2s";
    std::string rate;
    std::string arrivals = "constant";
    std::uint32_t users = 0;
    std::string spawn_rate;
    std::string think_time;
    unsigned expect_status = 200;
    std::string expect_body_file;
    std::uint32_t pipeline = 1;
    bool no_keep_alive = false;
    std::uint64_t seed = 1;
    std::vector<unsigned> cpus;
    bool json = false;
    bool no_progress = false;
};

Error contradiction(const std::string& message) { return {ErrorCode::usage, message}; }

Result<model::LoadModel> model_of(const LoadOptions& options) {
    if (options.users > 0) {
        if (!options.rate.empty()) {
            return contradiction("--users and --rate contradict each other: choose one load model");
        }
        if (options.spawn_rate.empty()) {
            return contradiction("--users needs --spawn-rate: how many users start a second");
        }
        const auto spawn_rate = parse_rate(options.spawn_rate);
        const auto think_time =
            config::think_time().parse(options.think_time.empty() ? "0" : options.think_time);
        if (!spawn_rate || !think_time) {
            return with_context(spawn_rate ? "--think-time" : "--spawn-rate",
                                spawn_rate ? think_time.error() : spawn_rate.error());
        }
        return model::LoadModel(model::VirtualUsers{options.users, *spawn_rate, *think_time});
    }
    if (!options.spawn_rate.empty() || !options.think_time.empty()) {
        return contradiction("--spawn-rate and --think-time need --users");
    }
    if (!options.rate.empty()) {
        const auto rate = config::request_rate().parse(options.rate);
        if (!rate) {
            return with_context("--rate", rate.error());
        }
        model::OpenLoop open;
        open.rate = *rate;
        open.connections = options.connections;
        open.arrivals =
            options.arrivals == "poisson" ? model::Arrivals::poisson : model::Arrivals::constant;
        return model::LoadModel(open);
    }
    return model::LoadModel(model::ClosedLoop{options.connections});
}

/// All but the target, which a probe finds.
Result<load::LoadSpec> spec_of(const LoadOptions& options) {
    load::LoadSpec spec;
    auto model = model_of(options);
    if (!model) {
        return model.error();
    }
    spec.model = std::move(*model);
    for (const auto& [text, name, shape, field] :
         {std::tuple{&options.duration, "-d", config::window(), &spec.duration},
          {&options.warmup, "--warmup", config::warmup(), &spec.warmup},
          {&options.timeout, "--timeout", config::latency(), &spec.timeout}}) {
        const auto parsed = shape.parse(*text);
        if (!parsed) {
            return with_context(name, parsed.error());
        }
        *field = *parsed;
    }
    spec.expectation.status = options.expect_status;
    if (!options.expect_body_file.empty()) {
        auto body = read_file(options.expect_body_file, model::kMostPayloadBytes);
        if (!body) {
            return contradiction("--expect-body-file: " + body.error().message);
        }
        spec.expectation.body = std::move(*body);
    }
    spec.threads = options.threads;
    spec.pipeline = options.pipeline;
    spec.keep_alive = !options.no_keep_alive;
    spec.seed = options.seed;
    if (const auto ours = machine::check_ours(options.cpus, machine::allowed_cpus()); !ours) {
        return with_context("--cpus", ours.error());
    }
    spec.cpus = options.cpus;
    if (auto checked = load::check_spec(spec); !checked) {
        return checked.error();
    }
    return spec;
}

/// For a name with several addresses.
std::string which_address(const http::FoundServer& found) {
    const auto answered =
        fmt::format("of the name's addresses {} was loaded", found.target.address);
    return found.silent.empty()
               ? answered
               : fmt::format("{}; no answer from {}", answered, fmt::join(found.silent, "; "));
}

class LoadProgress : public load::ProgressObserver {
  public:
    explicit LoadProgress(ProgressLine& line) : line_(line) {}
    void on_progress(const load::Progress& progress) override { line_.on_progress(progress); }

  private:
    ProgressLine& line_;
};

std::string shown(const std::optional<results::Percentile>& percentile) {
    return percentile ? fmt::format("{}{:.3f}", percentile->at_least ? ">= " : "", percentile->ms)
                      : "-";
}

void print_latency(const char* name, const std::optional<results::LatencySummary>& latency) {
    if (latency) {
        print("{:<14} mean {:.3f}  p50 {:.3f}  p90 {:.3f}  p99 {:.3f}  p99.9 {:.3f}  max {:.3f}\n",
              name, latency->mean, latency->p50, latency->p90, latency->p99, latency->p99_9,
              latency->max);
    }
}

/// A percentile beyond the answered share is at least the timeout.
void print_response_time(const results::Trial& trial, Nanoseconds timeout) {
    using Times = results::LatencySummary;
    if (!trial.response_time_ms) {
        return;
    }
    const auto of = [&](double Times::*which) {
        return shown(results::percentile(trial, which, timeout));
    };
    print("{:<14} mean {:.3f}  p50 {}  p90 {}  p99 {}  p99.9 {}  max {:.3f}\n", "  response",
          trial.response_time_ms->mean, of(&Times::p50), of(&Times::p90), of(&Times::p99),
          of(&Times::p99_9), trial.response_time_ms->max);
}

void print_text(const results::Trial& trial, Nanoseconds timeout) {
    const auto& requests = *trial.requests;
    print("requests       {} planned, {} sent, {} ok, {} failed, {} shed, {} unfinished\n",
          requests.planned, requests.sent, requests.ok, requests.failed_total(), requests.shed,
          requests.unfinished);
    for (const auto& [name, count] : requests.failed) {
        const auto seen = trial.first_failures.find(name);
        print("  {}: {}, the first: {}\n", name, count,
              seen == trial.first_failures.end() ? "" : seen->second);
    }
    if (trial.ended) {
        print("in the window  {} right, {} failed, {} under way at its end\n", trial.ended->ok,
              trial.ended->failed_total(), trial.ended->under_way_at_end);
    }
    if (trial.requests_per_s) {
        print("rate           {:.1f} verified answers/s over {:.2f} s\n", *trial.requests_per_s,
              *trial.duration_s);
    }
    print("latency in ms  of the answered; >= lies among those that were lost\n");
    print_response_time(trial, timeout);
    if (trial.service_histogram) {
        print_latency("  service", trial.service_time_ms);
        print_latency("  send lag", trial.send_lag_ms);
    }
    print("connections    {} opened, {} requests on a used one, {} closed by the server\n",
          trial.connections->opened, trial.connections->reused_requests,
          trial.connections->closed_by_server);
    if (trial.connections->never_answered.value_or(0) > 0) {
        print("               {} of {} never got an answer\n", *trial.connections->never_answered,
              trial.connections->asked.value_or(0));
    }
    if (trial.client_usage->cpu_us_per_request) {
        print("generator      {:.2f} us CPU a request, busiest thread {:.0f} %\n",
              *trial.client_usage->cpu_us_per_request,
              *trial.client_usage->max_thread_utilisation * 100);
    }
    print("verdict        {}: {}\n", to_string(*trial.verdict), *trial.verdict_why);
    for (const auto& note : trial.notes) {
        print("note           {}\n", note);
    }
}

int load(const LoadOptions& options) {
    auto spec = spec_of(options);
    if (!spec) {
        return report_error(spec.error());
    }
    const auto targets = http::resolve_url(options.url);
    if (!targets) {
        return report_error(targets.error());
    }
    const auto found = http::find_server(*targets, spec->timeout);
    if (!found) {
        tell("benchhost: {}: {} ({})\n", printable(options.url),
             model::to_string(found.error().failure), found.error().seen);
        return kSomethingFailed;
    }
    spec->target = found->target;
    if (const auto why = config::why_too_short(spec->duration, spec->timeout)) {
        tell("benchhost: warning: {}\n", *why);
    }
    const auto& interrupted = watch_for_interrupt();
    ProgressLine line(::isatty(STDERR_FILENO) == 1 && !options.no_progress, true);
    LoadProgress progress(line);
    results::Trial trial;
    trial.started_at = trial::utc_now();
    const auto report = load::run_load(*spec, interrupted, &progress);
    line.finish();
    if (!report) {
        return report_error(report.error());
    }
    trial.outcome =
        report->ended.ok > 0 || report->books.ok > 0 ? model::Outcome::ok : model::Outcome::failed;
    if (report->gave_up) {
        trial.outcome = model::Outcome::failed;
        trial.reason = report->gave_up;
    }
    trial::fill_measurement(trial, *report);
    if (targets->size() > 1) {
        trial.notes.push_back(which_address(*found));
    }
    const auto verdict = trial::judge({*report, spec->model, std::nullopt});
    trial.verdict = verdict.verdict;
    trial.verdict_why = verdict.why;
    if (report->interrupted) {
        trial.notes.emplace_back("interrupted: the window is shorter than asked for");
    }
    if (options.json) {
        print_document(results::to_json(trial) + "\n");
    } else {
        print_text(trial, spec->timeout);
    }
    if (interrupted) {
        return kInterrupted;
    }
    const bool failed = trial.outcome != model::Outcome::ok ||
                        trial.verdict == model::Verdict::invalid || report->books.failed > 0 ||
                        report->ended.failed > 0 || results::lost_too_much(trial);
    return failed ? kSomethingFailed : kDone;
}

}  // namespace

void add_load(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("load", "Load a server that is already running");
    auto options = std::make_shared<LoadOptions>();
    auto& o = *options;
    const auto many = whole_number(1, model::kMostConnections);
    command->add_option("URL", o.url, "http://host[:port]/path or unix:/path/to.sock:/path")
        ->required();
    command->add_option("-c,--connections", o.connections, "Connections")->transform(many);
    command->add_option("-t,--threads", o.threads, "Generator threads")
        ->transform(whole_number(1, load::kMostThreads));
    command->add_option("-d,--duration", o.duration, "Time measured, such as 10s");
    command->add_option("--warmup", o.warmup, "Load before it that is not counted");
    command->add_option("--timeout", o.timeout, "Longest wait for an answer");
    command->add_option("--rate", o.rate, "Requests/s on a schedule (open loop)");
    command->add_option("--arrivals", o.arrivals, "constant or poisson, with --rate")
        ->check(CLI::IsMember({"constant", "poisson"}))
        ->needs("--rate");
    command->add_option("--users", o.users, "Virtual users, each on its own connection")
        ->transform(many);
    command->add_option("--spawn-rate", o.spawn_rate, "Users started a second");
    command->add_option("--think-time", o.think_time, "Pause of a user, such as 5s..15s");
    command->add_option("--expect-status", o.expect_status, "Status of a right answer")
        ->transform(whole_number(100, 599));
    command->add_option("--expect-body-file", o.expect_body_file, "The bytes of a right body");
    command->add_option("--pipeline", o.pipeline, "Requests in flight on a connection")
        ->transform(whole_number(1, load::kMostPipelined));
    command->add_flag("--no-keep-alive", o.no_keep_alive, "A new connection for each request");
    command->add_option("--seed", o.seed, "Seed of arrivals and think times")
        ->transform(whole_number(0, config::kMostSeed));
    command->add_option("--cpus", o.cpus, "Processors of the generator threads")->delimiter(',');
    command->add_flag("--json", o.json, "Print one trial as JSON");
    command->add_flag("--no-progress", o.no_progress, "Print no progress");
    command->callback([&action, options] { action = [options] { return load(*options); }; });
}

}  // namespace benchhost::cli

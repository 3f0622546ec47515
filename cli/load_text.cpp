#include "cli/load_text.hpp"

#include "cli/standard_output.hpp"
#include "core/results/losses.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace benchhost::cli {
namespace {

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

}  // namespace

void print_trial(const results::Trial& trial, Nanoseconds timeout) {
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
    for (const auto& request : trial.by_request) {
        const auto& times = request.response_time_ms;
        print("  {:<12} {} planned, {} ok, {} failed, p50 {}, p99 {} ms\n", request.name,
              request.requests.planned, request.requests.ok, request.requests.failed_total(),
              times ? fmt::format("{:.3f}", times->p50) : "-",
              times ? fmt::format("{:.3f}", times->p99) : "-");
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

}  // namespace benchhost::cli

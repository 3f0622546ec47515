#include "tests/unit/results/sample_results.hpp"

#include <chrono>
#include <utility>

namespace benchhost::results {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const DurationRange kThinking{seconds(5), milliseconds(15'500)};

ProfileInfo profile(const std::string& name, model::TrialLoad load) {
    return {name,
            "text",
            std::move(load),
            "closed loop, not corrected",
            seconds(10),
            milliseconds(2500),
            seconds(2),
            true,
            10,
            1,
            model::Verify::length,
            PayloadInfo{12, "7f83b165"}};
}

stats::Histogram some_latencies(int factor) {
    stats::Histogram histogram;
    for (int i = 1; i <= 1000; ++i) {
        histogram.record(std::chrono::microseconds(factor * i));
    }
    return histogram;
}

LimitFound some_limit() {
    LimitFound limit;
    limit.of = "users";
    limit.highest_ok = 1250;
    limit.first_failed = 1500.5;
    limit.why = "timeout: no answer within 2s";
    limit.steps.push_back({1250, 0.25, true, 833.3333333333334, 0, 6.25, 12.5, 8.5, 77'000'000, "",
                           4167, 4167, model::Verdict::load_limited});
    limit.steps.push_back({1500.5, {}, false, 700, 42, {}, {}, {}, {}, "timeout"});
    return limit;
}

Sweep some_sweep() {
    return {4000.25,
            {{2000.125, 0.5, true, 1999, 0, 0.75, 1.5, 9.25, 66'000'000,
              "2 of 2,001 were not asked", 2001, 1999, model::Verdict::load_limited}}};
}

}  // namespace

Trial full_trial() {
    Trial trial;
    trial.server = "beast";
    trial.profile = "text";
    trial.round = 3;
    trial.outcome = model::Outcome::ok;
    trial.stage = "measure";
    trial.reason = "none";
    trial.log_tail = {"listening", "caf\xc3\xa9 \"quoted\" \\ / \t\x01"};
    trial.verdict = model::Verdict::server_bound;
    trial.verdict_why = "the generator used 41 % of its core";
    trial.started_at = "2024-05-01T12:00:00Z";
    trial.address = "127.0.0.1";
    trial.ready_ms = 12.75;
    trial.duration_s = 10.000123456789;
    trial.requests = Requests{1001, 1000, 990, {{"bad-status", 4}, {"timeout", 5}}, 1, 0, 1};
    trial.ended = EndedRequests{12, 1000, 991, {{"timeout", 6}}, 15, 2};
    trial.first_failures = {{"bad-status", "HTTP/1.1 503"}, {"timeout", "no answer"}};
    trial.requests_per_s = 0.1 + 0.2;  // 0.30000000000000004
    trial.offered_per_s = 1e21;
    trial.round_trip_ms = 20.25;
    trial.link_ceiling_per_s = 395.0625;
    trial.longest_cut_stay_ms = 0.5;
    trial.histogram = some_latencies(3);
    trial.service_histogram = some_latencies(2);
    trial.response_time_ms = summarise(*trial.histogram);
    trial.service_time_ms = summarise(*trial.service_histogram);
    trial.send_lag_ms = LatencySummary{1, 2, 3, 4, 5, 6, 7, 8};
    RequestResult list;
    list.name = "list";
    list.requests = *trial.requests;
    list.first_failures = trial.first_failures;
    list.response_time_ms = trial.response_time_ms;
    list.histogram = trial.histogram;
    trial.by_request = {list};
    trial.warmup = {{-1.8, 500, 3.5}, {-1.6, 0, {}}};
    trial.series = {{0, 100, 1, 1.5, 2.5, 1000, 0.25}, {1, 0, 0, {}, {}, {}, {}}};
    trial.connections = Connections{64, 936, 3, 64, 2, 1};
    trial.bytes = Bytes{9'007'199'254'740'993, 12'000};  // not a double
    trial.probed = ProbedAnswer{12, 140, "HTTP/1.1", true};
    trial.server_usage =
        ServerUsage{1.5, 3.75, 1'000'000, 2'000'000, 1'500'000, 1'900'000, 2,     5,
                    100, 7,    70,        0.25,      0.875,     2,         0.125, 0.01};
    trial.client_usage = ClientUsage{0.5, 1.25, 0.41, 250000.5, 0.003, 0.375};
    trial.machine = model::MachineHealth{
        0.01, 0.02,     2999.5,      2800,
        3,    "server", "generator", {{"/q", "server and generator", 1.5, 0.37, 0.75}},
        12,   0.5,      0.25};
    trial.superseded = true;
    trial.stop_ms = 3.5;
    trial.took_s = 12.25;
    trial.calm_s = 0.02;
    trial.sweep = some_sweep();
    trial.effective_limits = {{"nofile", "20000"}};
    trial.limit = some_limit();
    LoadPart part;
    part.rank = 2;
    part.host = "load2";
    part.first_thread = 4;
    part.threads = 2;
    part.connections = 5000;
    part.seed = 7;
    part.clock_offset_us = -12.5;
    part.clock_uncertainty_us = 3.25;
    part.duration_s = 10;
    part.requests = *trial.requests;
    part.ended = trial.ended;
    part.requests_per_s = 12.5;
    part.round_trip_ms = 0.125;
    part.response_time_ms = trial.response_time_ms;
    part.send_lag_ms = trial.response_time_ms;
    part.histogram = trial.histogram;
    part.client_usage = *trial.client_usage;
    part.machine = trial.machine;
    part.verdict = model::Verdict::client_bound;
    part.verdict_why = "a thread was busy";
    trial.parts = {part};
    trial.notes = {"nofile raised to 20000"};
    return trial;
}

Trial failed_trial() {
    Trial trial;
    trial.server = "flask";
    trial.profile = "text";
    trial.outcome = model::Outcome::failed;
    trial.stage = "ready";
    trial.reason = "killed by SIGSEGV";
    return trial;
}

ResultSet full_results() {
    ResultSet results;
    results.suite = "text";
    results.benchhost_version = "0.1.0";
    results.created_at = "2024-05-01T12:00:00Z";
    results.environment = {{"cpu_model", "some \"model\""}, {"kernel", "6.1"}};
    results.config.file = "config/text.ini";
    results.config.text = "[profile.text]\r\nroute = text\n# caf\xc3\xa9\n";
    results.seed = 9'223'372'036'854'775'807;
    results.rounds = 3;
    results.limits = LimitsInfo{"0-1",
                                "2-3",
                                {{"memory", 1'073'741'824}, {"nofile", 20'000}, {"processes", 512}},
                                "nobody"};
    results.servers = {{"beast",
                        "Boost.Beast",
                        "1.81.0",
                        {{"language", "C++"}, {"loop", "epoll"}},
                        {{"threads", "2"}}},
                       {"flask"}};
    results.profiles = {
        profile("text", model::ClosedLoop{64}),
        profile("users", model::VirtualUsers{4000, 250.5, kThinking}),
        profile("rate",
                model::OpenLoop{500, model::Arrivals::poisson, {{1000.5, seconds(10)}}, 256}),
        profile("sweep",
                model::RateSweep{{{0.2, true}, {0.8, true}}, model::Arrivals::constant, 32}),
        profile("limit", model::LimitSearch{model::LimitSearch::Of::rate, 100, 50, 1e6, seconds(5),
                                            0.05, seconds(60), 0.01, milliseconds(50), 10,
                                            kThinking, model::Arrivals::poisson, 16}),
        {"old", "text", "closed", "64 connections"}};
    RequestInfo add{"add", "POST", "/sum?a={rand:1..9}", {{"Accept", "*/*"}}};
    add.body = PayloadInfo{3, "0a"};
    add.expect_status = 201;
    add.expect_body = PayloadInfo{2, "0b"};
    add.expect_headers = {{"Server", "some"}};
    add.weight = 30;
    add.picks = {{"words.txt", 12, "0c"}};
    auto mix = profile("mix", model::ClosedLoop{64});
    mix.route.clear();
    mix.requests = {add, {"list", "GET", "/items/50", {}}};
    results.profiles.push_back(std::move(mix));
    add.takes = {{"token", model::TakeSpec::From::header, "X-Token"}};
    add.think_time = kThinking;
    auto flow = profile("flow", model::VirtualUsers{4000, 250.5, kThinking});
    flow.route.clear();
    flow.requests = {add, {"list", "GET", "/items/50?token={take:token}", {}}};
    flow.flow = true;
    flow.cookies = true;
    results.profiles.push_back(std::move(flow));
    auto stands_in = full_trial();
    stands_in.superseded = false;
    results.trials = {full_trial(), failed_trial(), std::move(stands_in)};
    results.interrupted = true;
    results.quick = true;
    results.overrides = {"suite.seed=7"};
    return results;
}

}  // namespace benchhost::results

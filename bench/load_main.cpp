// A bare front to the load engine for the measurements in bench/: one closed loop, one line of
// figures that a script can read. `null` serves the canned answer until it is killed, `bare` is the
// loop that the engine is compared with.
#include "bench/bare_loop.hpp"
#include "core/http/probe.hpp"
#include "core/load/load.hpp"
#include "core/selftest/selftest.hpp"
#include "core/servers/null_server.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>

namespace {

using namespace benchhost;

std::atomic<bool> stop{false};  // set by the signal handler

int serve_null(int cpu, std::size_t body_bytes) {
    auto listener = servers::listen_tcp("127.0.0.1");
    if (!listener) {
        fmt::print(stderr, "{}\n", listener.error().message);
        return 1;
    }
    servers::NullServer::Options options;
    options.answer = servers::canned_answer(std::string(body_bytes, 'x'));
    if (cpu >= 0) {
        options.cpu = static_cast<unsigned>(cpu);
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    auto server = servers::NullServer::start(std::move(*listener), std::move(options));
    if (!server) {
        fmt::print(stderr, "{}\n", server.error().message);
        return 1;
    }
    fmt::print("{}\n", (*server)->target().port);
    std::fflush(stdout);
    int received = 0;
    sigwait(&signals, &received);
    return 0;
}

int prove() {
    selftest::SelftestOptions options;
    options.on_proof = [](const selftest::Proof& proof) {
        fmt::print("{:4} {:62} planned {:10.4g} measured {:10.4g} {} ({}) {}\n",
                   proof.pass ? "ok" : "FAIL", proof.name, proof.planned, proof.measured,
                   proof.unit, proof.bound, proof.note);
        std::fflush(stdout);
    };
    const auto proofs = selftest::run_selftest(options, stop);
    if (!proofs) {
        fmt::print(stderr, "{}\n", proofs.error().message);
        return 1;
    }
    return 0;
}

int run_bare(const http::Target& target, std::uint32_t connections, Nanoseconds warmup,
             Nanoseconds duration) {
    const auto result = bench::run_bare_loop(target, connections, warmup, duration);
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().message);
        return 1;
    }
    const auto answers = static_cast<double>(result->answers);
    fmt::print("requests_per_s={:.0f} cpu_us_per_request={:.3f} answers={}\n",
               answers / to_seconds(duration), to_seconds(result->cpu) / answers * 1e6,
               result->answers);
    return 0;
}

void print(const load::LoadReport& report) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const double seconds = to_seconds(report.duration);
    const auto ok = static_cast<double>(report.ended.ok);
    fmt::print(
        "requests_per_s={:.0f} cpu_us_per_request={:.3f} failed={} p50_us={:.1f} "
        "p99_us={:.1f} max_us={:.1f} lag_p99_us={:.1f} utilisation={:.3f} max_rss_kib={} "
        "in_flight={:.2f} balanced={}\n",
        ok / seconds, to_seconds(report.client.cpu) / ok * 1e6, report.books.failed,
        to_seconds(report.response_time.at_quantile(0.5)) * 1e6,
        to_seconds(report.response_time.at_quantile(0.99)) * 1e6,
        to_seconds(report.response_time.max()) * 1e6,
        to_seconds(report.send_lag.at_quantile(0.99)) * 1e6, report.client.max_thread_utilisation,
        usage.ru_maxrss, report.mean_in_flight, report.books.balance());
    for (std::size_t i = 0; i < model::kFailureClasses; ++i) {
        const auto failure = static_cast<model::FailureClass>(i);
        if (report.failures.count(failure) > 0) {
            fmt::print("failed {}: {} ({})\n", model::to_string(failure),
                       report.failures.count(failure), report.failures.example(failure));
        }
    }
    for (const std::string& note : report.notes) {
        fmt::print("note {}\n", note);
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("the load engine without its command line");
    app.require_subcommand(1);
    int cpu = -1;
    std::size_t body_bytes = 12;
    auto* null = app.add_subcommand("null", "serve a canned answer; prints the port");
    null->add_option("--cpu", cpu);
    null->add_option("--body", body_bytes);
    auto* selftest = app.add_subcommand("selftest", "prove the engine; one line a proof");
    auto* bare = app.add_subcommand("bare", "load a URL with a loop that measures nothing");
    std::string url;
    std::uint32_t connections = 64;
    std::uint32_t threads = 1;
    double duration = 5;
    double warmup = 0.5;
    std::uint32_t pipeline = 1;
    double rate = 0;
    std::uint32_t users = 0;
    auto* run = app.add_subcommand("run", "load a URL");
    for (CLI::App* const loop : {run, bare}) {
        loop->add_option("url", url)->required();
        loop->add_option("-c", connections);
        loop->add_option("-d", duration);
        loop->add_option("--warmup", warmup);
        loop->add_option("--cpu", cpu);
    }
    run->add_option("-t", threads);
    run->add_option("--pipeline", pipeline);
    run->add_option("--rate", rate);
    run->add_option("--users", users);
    CLI11_PARSE(app, argc, argv);
    if (null->parsed()) {
        return serve_null(cpu, body_bytes);
    }
    if (selftest->parsed()) {
        return prove();
    }
    const auto target = http::parse_url(url);
    if (!target) {
        fmt::print(stderr, "{}\n", target.error().message);
        return 2;
    }
    const auto seconds = [](double count) {
        return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(count));
    };
    if (bare->parsed()) {
        return run_bare(*target, connections, seconds(warmup), seconds(duration));
    }
    load::LoadSpec spec;
    spec.target = *target;
    spec.duration = seconds(duration);
    spec.warmup = seconds(warmup);
    spec.threads = threads;
    spec.pipeline = pipeline;
    if (users > 0) {
        const Nanoseconds second = std::chrono::seconds(1);
        spec.model = model::VirtualUsers{users, users / 2.0, {second, second}};
    } else if (rate > 0) {
        model::OpenLoop open;
        open.rate = rate;
        open.connections = connections;
        spec.model = open;
    } else {
        spec.model = model::ClosedLoop{connections};
    }
    if (cpu >= 0) {
        spec.cpus = {static_cast<unsigned>(cpu)};
    }
    const auto probed = http::probe(spec.target, std::chrono::seconds(2), true);
    if (!probed) {
        fmt::print(stderr, "{}: {}\n", model::to_string(probed.error().failure),
                   probed.error().seen);
        return 1;
    }
    spec.expectation.body = probed->body;
    std::signal(SIGINT, [](int) { stop.store(true); });
    const auto report = load::run_load(spec, stop);
    if (!report) {
        fmt::print(stderr, "{}\n", report.error().message);
        return 1;
    }
    print(*report);
    return report->books.failed == 0 ? 0 : 1;
}

// A bare front to the load engine for the measurements in bench/: one closed loop, one line of
// figures that a script can read. `null` serves a canned answer and `echo` what each request asks
// to be given back, until they are killed; `bare` is the loop that the engine is compared with.
#include "bench/bare_loop.hpp"
#include "bench/echo_server.hpp"
#include "core/base/cpu_mask.hpp"
#include "core/base/file.hpp"
#include "core/http/probe.hpp"
#include "core/load/load.hpp"
#include "core/selftest/selftest.hpp"
#include "core/servers/null_server.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

namespace {

using namespace benchhost;

std::atomic<bool> stop{false};  // set by the signal handler

struct Options {
    int cpu = -1;  // not pinned
    std::size_t body_bytes = 12;
    std::string body_file;
    std::string coding;
    std::string url;
    std::uint32_t connections = 64;
    std::uint32_t threads = 1;
    double duration = 5;
    double warmup = 0.5;
    std::uint32_t pipeline = 1;
    double rate = 0;
    std::uint32_t users = 0;
};

int fail(const Error& error) {
    fmt::print(stderr, "{}\n", error.message);
    return 1;
}

void tell_port(const http::Target& target) {
    fmt::print("{}\n", target.port);
    std::fflush(stdout);
}

Result<std::string> answer_of(const Options& o) {
    constexpr std::uint64_t kMostBody = std::uint64_t{64} * 1024 * 1024;
    const auto body = o.body_file.empty() ? Result<std::string>(std::string(o.body_bytes, 'x'))
                                          : read_file(o.body_file, kMostBody);
    if (!body) {
        return body.error();
    }
    std::string answer = servers::canned_answer(*body);
    if (!o.coding.empty()) {
        answer.insert(answer.find('\n') + 1, fmt::format("Content-Encoding: {}\r\n", o.coding));
    }
    return answer;
}

int serve_null(const Options& o) {
    auto listener = servers::listen_tcp("127.0.0.1");
    if (!listener) {
        return fail(listener.error());
    }
    auto answer = answer_of(o);
    if (!answer) {
        return fail(answer.error());
    }
    servers::NullServer::Options options;
    options.answer = std::move(*answer);
    if (o.cpu >= 0) {
        options.cpu = static_cast<unsigned>(o.cpu);
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    auto server = servers::NullServer::start(std::move(*listener), std::move(options));
    if (!server) {
        return fail(server.error());
    }
    tell_port((*server)->target());
    int received = 0;
    sigwait(&signals, &received);
    return 0;
}

int serve_echo(const Options& o) {
    const auto listener = servers::listen_tcp("127.0.0.1");
    if (!listener) {
        return fail(listener.error());
    }
    if (o.cpu >= 0) {
        // As with the null server: not pinned is still a server.
        (void)pin_to(static_cast<unsigned>(o.cpu));
    }
    tell_port(listener->target);
    return fail(bench::serve_echo(*listener));
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
        return fail(proofs.error());
    }
    return 0;
}

Nanoseconds time_of(double seconds) {
    return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(seconds));
}

int run_bare(const http::Target& target, const Options& o) {
    const auto result =
        bench::run_bare_loop(target, o.connections, time_of(o.warmup), time_of(o.duration));
    if (!result) {
        return fail(result.error());
    }
    const auto answers = static_cast<double>(result->answers);
    fmt::print("requests_per_s={:.0f} cpu_us_per_request={:.3f} answers={}\n", answers / o.duration,
               to_seconds(result->cpu) / answers * 1e6, result->answers);
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

load::LoadSpec spec_of(const http::Target& target, const Options& o) {
    load::LoadSpec spec;
    spec.target = target;
    spec.duration = time_of(o.duration);
    spec.warmup = time_of(o.warmup);
    spec.threads = o.threads;
    spec.pipeline = o.pipeline;
    if (o.users > 0) {
        const Nanoseconds second = std::chrono::seconds(1);
        spec.model = model::VirtualUsers{o.users, o.users / 2.0, {second, second}};
    } else if (o.rate > 0) {
        model::OpenLoop open;
        open.rate = o.rate;
        open.connections = o.connections;
        spec.model = open;
    } else {
        spec.model = model::ClosedLoop{o.connections};
    }
    if (o.cpu >= 0) {
        spec.cpus = {static_cast<unsigned>(o.cpu)};
    }
    return spec;
}

int run(const http::Target& target, const Options& o) {
    auto spec = spec_of(target, o);
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
        return fail(report.error());
    }
    print(*report);
    return report->books.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("the load engine without its command line");
    app.require_subcommand(1);
    Options o;
    auto* null = app.add_subcommand("null", "serve a canned answer; prints the port");
    null->add_option("--body", o.body_bytes, "so many bytes");
    null->add_option("--body-file", o.body_file, "those of a file");
    null->add_option("--coding", o.coding, "the Content-Encoding that they have");
    auto* echo = app.add_subcommand("echo", "answer with the end of the path, or the body");
    auto* selftest = app.add_subcommand("selftest", "prove the engine; one line a proof");
    auto* bare = app.add_subcommand("bare", "load a URL with a loop that measures nothing");
    auto* measured = app.add_subcommand("run", "load a URL");
    for (CLI::App* const command : {null, echo, measured, bare}) {
        command->add_option("--cpu", o.cpu);
    }
    for (CLI::App* const loop : {measured, bare}) {
        loop->add_option("url", o.url)->required();
        loop->add_option("-c", o.connections);
        loop->add_option("-d", o.duration);
        loop->add_option("--warmup", o.warmup);
    }
    measured->add_option("-t", o.threads);
    measured->add_option("--pipeline", o.pipeline);
    measured->add_option("--rate", o.rate);
    measured->add_option("--users", o.users);
    CLI11_PARSE(app, argc, argv);
    if (null->parsed()) {
        return serve_null(o);
    }
    if (echo->parsed()) {
        return serve_echo(o);
    }
    if (selftest->parsed()) {
        return prove();
    }
    const auto target = http::parse_url(o.url);
    if (!target) {
        fmt::print(stderr, "{}\n", target.error().message);
        return 2;
    }
    return bare->parsed() ? run_bare(*target, o) : run(*target, o);
}

// Proofs 1 to 4: arrivals, stall, queue, latency.
#include "core/load/schedule.hpp"
#include "core/selftest/arrival_proof.hpp"
#include "core/selftest/selftest_bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace benchhost::selftest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

model::OpenLoop open_loop(double rate, model::Arrivals arrivals, std::uint32_t connections) {
    model::OpenLoop model;
    model.rate = rate;
    model.arrivals = arrivals;
    model.connections = connections;
    return model;
}

double at_most(double bound, double slack) { return bound * slack; }

Proof within_percent(std::string name, double planned, double measured, std::string unit,
                     double percent) {
    Proof proof;
    proof.name = std::move(name);
    proof.planned = planned;
    proof.measured = measured;
    proof.unit = std::move(unit);
    proof.bound = fmt::format("within {:.3g} %", percent);
    proof.pass = std::abs(measured - planned) <= planned * percent / 100;
    return proof;
}

Proof equal(std::string name, std::uint64_t planned, std::uint64_t measured, std::string unit) {
    Proof proof;
    proof.name = std::move(name);
    proof.planned = static_cast<double>(planned);
    proof.measured = static_cast<double>(measured);
    proof.unit = std::move(unit);
    proof.bound = "equal";
    proof.pass = planned == measured;
    return proof;
}

void add_error(SelftestBench& bench, const std::string& name, double error_us, double bound_us) {
    Proof proof;
    proof.name = name;
    proof.measured = error_us;
    proof.unit = "us";
    proof.bound = fmt::format("0 to {:.0f} us", bound_us);
    proof.pass = error_us >= 0 && error_us <= bound_us;
    bench.add(std::move(proof));
}

Status prove_constant_arrivals(SelftestBench& bench) {
    auto server = SelftestBench::oracle({});
    if (!server) {
        return server.error();
    }
    load::LoadSpec spec = SelftestBench::spec_for((*server)->target(), seconds(3));
    spec.model = open_loop(1000, model::Arrivals::constant, 16);
    const auto report = bench.run(spec);
    if (!report) {
        return report.error();
    }
    (*server)->stop();
    const auto planned = planned_times(spec, report->window_start);
    bench.add(equal("arrivals: constant, seen by the server", planned.size(),
                    (*server)->arrivals().size(), "requests"));
    const auto errors = arrival_errors((*server)->arrivals(), planned);
    if (!errors.empty()) {
        add_error(bench, "arrivals: constant, error p50", errors[errors.size() / 2],
                  at_most(250, bench.slack()));
        add_error(bench, "arrivals: constant, error p99", errors[errors.size() * 99 / 100],
                  at_most(1000, bench.slack()));
        add_error(bench, "arrivals: constant, error max", errors.back(),
                  at_most(20'000, bench.slack()));
        add_error(bench, "arrivals: constant, error min (never early)", errors.front(),
                  at_most(250, bench.slack()));
    }
    return {};
}

Status prove_poisson_arrivals(SelftestBench& bench) {
    constexpr double kRate = 200;
    auto server = SelftestBench::oracle({});
    if (!server) {
        return server.error();
    }
    load::LoadSpec spec = SelftestBench::spec_for((*server)->target(), seconds(8));
    spec.model = open_loop(kRate, model::Arrivals::poisson, 16);
    const auto report = bench.run(spec);
    if (!report) {
        return report.error();
    }
    (*server)->stop();
    const auto planned = planned_times(spec, report->window_start);
    bench.add(equal("arrivals: Poisson, seen by the server", planned.size(),
                    (*server)->arrivals().size(), "requests"));
    bench.add(poisson_proof((*server)->arrivals(), kRate, bench.slack()));
    return {};
}

}  // namespace

Status prove_arrivals(SelftestBench& bench) {
    if (const Status constant = prove_constant_arrivals(bench); !constant) {
        return constant;
    }
    return prove_poisson_arrivals(bench);
}

Status prove_stall(SelftestBench& bench) {
    OracleServer::Options options;
    options.freeze = OracleServer::Freeze{seconds(4), seconds(1)};
    auto server = SelftestBench::oracle(options);
    if (!server) {
        return server.error();
    }
    load::LoadSpec spec = SelftestBench::spec_for((*server)->target(), seconds(10));
    spec.model = open_loop(500, model::Arrivals::constant, 16);
    const auto report = bench.run(spec);
    if (!report) {
        return report.error();
    }
    // Of T s, S are frozen; the answers due then come at its end: p(q) = S - (1 - q) T.
    const auto measured = [&](double quantile) {
        return to_milliseconds(report->response_time.at_quantile(quantile));
    };
    Proof p95 = within_percent("stall: p95 with 1 s of 10 s frozen", 500, measured(0.95), "ms",
                               3 * bench.slack());
    p95.note = fmt::format("counted from the write, p95 would be {:.2f} ms",
                           to_milliseconds(report->service_time.at_quantile(0.95)));
    bench.add(std::move(p95));
    bench.add(within_percent("stall: p99 with 1 s of 10 s frozen", 900, measured(0.99), "ms",
                             3 * bench.slack()));
    bench.add(equal("stall: answers", report->books.planned, report->books.ok, "requests"));
    return {};
}

Status prove_queue(SelftestBench& bench) {
    constexpr Nanoseconds kService = milliseconds(5);
    constexpr double kLoad = 0.7;
    const double service_ms = to_milliseconds(kService);
    OracleServer::Options options;
    options.service = kService;
    auto server = SelftestBench::oracle(options);
    if (!server) {
        return server.error();
    }
    load::LoadSpec spec = SelftestBench::spec_for((*server)->target(), seconds(15));
    spec.timeout = seconds(10);
    spec.model = open_loop(kLoad / to_seconds(kService), model::Arrivals::poisson, 256);
    const auto report = bench.run(spec);
    if (!report) {
        return report.error();
    }
    // What this very schedule must wait, request by request (Lindley).
    double waits = 0;
    Instant free_at{};
    const auto planned = planned_times(spec, report->window_start);
    for (const Instant time : planned) {
        waits += to_milliseconds(std::max(free_at - time, Nanoseconds(0)));
        free_at = std::max(free_at, time) + kService;
    }
    const double exact = waits / static_cast<double>(planned.size());
    const double measured = report->response_time.mean_ns() / 1e6 - service_ms;
    Proof schedule = within_percent("queue: mean wait of this schedule at a load of 0.7", exact,
                                    measured, "ms", 10 * bench.slack());
    schedule.note = "one server thread, 5 ms a request, Poisson arrivals";
    bench.add(std::move(schedule));
    bench.add(within_percent("queue: mean wait by rho D / (2 (1 - rho))",
                             kLoad * service_ms / (2 * (1 - kLoad)), measured, "ms",
                             20 * bench.slack()));
    return {};
}

Status prove_latency(SelftestBench& bench) {
    for (const auto delay : {milliseconds(1), milliseconds(5), milliseconds(20)}) {
        OracleServer::Options options;
        options.delay = delay;
        auto server = SelftestBench::oracle(options);
        if (!server) {
            return server.error();
        }
        load::LoadSpec spec = SelftestBench::spec_for((*server)->target(), milliseconds(700));
        spec.model = model::ClosedLoop{4};
        const auto report = bench.run(spec);
        if (!report) {
            return report.error();
        }
        const auto above = [&](Nanoseconds measured) { return to_seconds(measured - delay) * 1e6; };
        const auto name = [&](const char* what) {
            return fmt::format("latency: {} above a delay of {} ms", what, delay.count());
        };
        add_error(bench, name("least"), above(report->response_time.min()),
                  at_most(300, bench.slack()));
        add_error(bench, name("p50"), above(report->response_time.at_quantile(0.5)),
                  at_most(500, bench.slack()));
    }
    return {};
}

}  // namespace benchhost::selftest

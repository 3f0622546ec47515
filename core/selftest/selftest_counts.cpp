// Proofs 5 to 8: conservation, Little's law, faults, no difference.
#include "core/http/probe.hpp"
#include "core/selftest/selftest_bench.hpp"
#include "core/stats/significance.hpp"
// The servers that misbehave are those of the tests: there is one set of them.
#include "core/selftest/fault_server.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <vector>

namespace benchhost::selftest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Proof equal(std::string name, std::uint64_t planned, std::uint64_t measured) {
    Proof proof;
    proof.name = std::move(name);
    proof.planned = static_cast<double>(planned);
    proof.measured = static_cast<double>(measured);
    proof.unit = "requests";
    proof.bound = "equal";
    proof.pass = planned == measured;
    return proof;
}

struct FaultCase {
    Behaviour behaviour;
    std::optional<model::FailureClass> failure;  // absent: the answers are right
    unsigned status = 200;
};

const std::vector<FaultCase>& fault_cases() {
    static const std::vector<FaultCase> kCases{
        {Behaviour::accept_then_reset, model::FailureClass::reset_before_answer},
        {Behaviour::reset_in_body, model::FailureClass::reset_in_answer},
        {Behaviour::short_body_then_fin, model::FailureClass::closed_early},
        {Behaviour::garbage_status, model::FailureClass::malformed_answer},
        {Behaviour::endless_headers, model::FailureClass::malformed_answer},
        {Behaviour::wrong_body_same_length, model::FailureClass::bad_body},
        {Behaviour::wrong_length, model::FailureClass::bad_length},
        {Behaviour::status_503, model::FailureClass::bad_status},
        {Behaviour::silence, model::FailureClass::timeout},
        {Behaviour::dribble, {}},
        {Behaviour::chunk_split_each_byte, {}},
        {Behaviour::chunked, {}},
        {Behaviour::continue_100_first, {}},
        {Behaviour::http10_close, {}},
        {Behaviour::http10_keep_alive, {}},
        {Behaviour::close_each_time, {}},
        {Behaviour::no_content_204, {}, 204},
        {Behaviour::not_modified_304, {}, 304},
    };
    return kCases;
}

Status prove_fault(SelftestBench& bench, const FaultCase& fault) {
    FaultServer server(fault.behaviour);
    load::LoadSpec spec = SelftestBench::spec_for(server.target(), milliseconds(150));
    spec.model = model::ClosedLoop{4};
    // Short for what never answers, and never reached by what does.
    spec.timeout = fault.failure == model::FailureClass::timeout ? Nanoseconds(milliseconds(300))
                                                                 : Nanoseconds(seconds(10));
    spec.expectation.status = fault.status;
    spec.expectation.body = fault.status == 200 ? std::string(FaultServer::kBody) : "";
    const auto report = bench.run(spec);
    if (!report) {
        return report.error();
    }
    server.stop();
    // Who resets at once reads no request: there, what was sent is the measure.
    const bool reads = fault.behaviour != Behaviour::accept_then_reset;
    const std::uint64_t counted =
        fault.failure ? report->failures.count(*fault.failure) : report->books.ok;
    Proof proof = equal(fmt::format("faults: {} is {}", to_string(fault.behaviour),
                                    fault.failure ? to_string(*fault.failure) : "ok"),
                        reads ? server.requests() : report->books.sent, counted);
    proof.pass = proof.pass && counted > 0 && report->books.balance();
    bench.add(std::move(proof));
    return {};
}

Result<double> rate_of(SelftestBench& bench, const http::Target& target) {
    load::LoadSpec spec = SelftestBench::spec_for(target, milliseconds(250));
    spec.warmup = milliseconds(50);
    spec.model = model::ClosedLoop{16};
    const auto report = bench.run(spec);
    if (!report) {
        return report.error();
    }
    return report->rate();
}

}  // namespace

Status prove_conservation(SelftestBench& bench) {
    auto server = SelftestBench::oracle({});
    if (!server) {
        return server.error();
    }
    load::LoadSpec spec = SelftestBench::spec_for((*server)->target(), seconds(1));
    spec.model = model::ClosedLoop{32};
    spec.pipeline = 4;
    const auto report = bench.run(spec);
    if (!report) {
        return report.error();
    }
    (*server)->stop();
    bench.add(equal("conservation: requests, by the server and by us", (*server)->arrivals().size(),
                    report->books.sent));
    bench.add(equal("conservation: answers, by the server and by us", (*server)->answers(),
                    report->books.ok));
    const model::Books& books = report->books;
    bench.add(equal("conservation: planned = sent + shed + unsent", books.planned,
                    books.sent + books.shed + books.unsent));
    bench.add(equal("conservation: sent = ok + failed + unfinished", books.sent,
                    books.ok + books.failed + books.unfinished));
    return {};
}

Status prove_littles_law(SelftestBench& bench) {
    constexpr std::uint32_t kConnections = 32;
    auto server = SelftestBench::null_server();
    if (!server) {
        return server.error();
    }
    for (int interval = 1; interval <= 3; ++interval) {
        load::LoadSpec spec = SelftestBench::spec_for((*server)->target(), seconds(1));
        spec.warmup = milliseconds(100);
        spec.model = model::ClosedLoop{kConnections};
        const auto report = bench.run(spec);
        if (!report) {
            return report.error();
        }
        Proof proof;
        proof.name = fmt::format("Little's law: rate times response time, interval {}", interval);
        proof.planned = kConnections;
        proof.measured = static_cast<double>(report->books.ok) / to_seconds(report->duration) *
                         report->response_time.mean_ns() / 1e9;
        proof.bound = "within 2 %";
        proof.pass = std::abs(proof.measured - proof.planned) <= 0.02 * kConnections;
        proof.note = fmt::format("{:.2f} in flight on average", report->mean_in_flight);
        bench.add(std::move(proof));
    }
    return {};
}

Status prove_faults(SelftestBench& bench) {
    try {
        {
            const FaultServer server(Behaviour::refuse);
            const auto probed = http::probe(server.target(), seconds(1));
            const bool refused = probed.has_error() &&
                                 probed.error().failure == model::FailureClass::connect_refused;
            bench.add(equal("faults: refuse is connect-refused", 1, refused ? 1 : 0));
        }
        for (const FaultCase& fault : fault_cases()) {
            if (const Status proved = prove_fault(bench, fault); !proved) {
                return proved;
            }
        }
    } catch (const std::exception& error) {
        // The fixtures throw when they cannot bind.
        return Error{ErrorCode::environment, error.what()};
    }
    return {};
}

Status prove_no_difference(SelftestBench& bench) {
    constexpr int kPairs = 8;
    constexpr double kTolerance = 0.05;
    auto first = SelftestBench::null_server();
    if (!first) {
        return first.error();
    }
    auto second = SelftestBench::null_server();
    if (!second) {
        return second.error();
    }
    std::vector<double> differences;
    for (int pair = 0; pair < kPairs; ++pair) {
        // ABBA: neither always runs first.
        const bool swapped = pair % 2 == 1;
        const auto one = rate_of(bench, (swapped ? *second : *first)->target());
        if (!one) {
            return one.error();
        }
        const auto other = rate_of(bench, (swapped ? *first : *second)->target());
        if (!other) {
            return other.error();
        }
        const double difference = std::log(*other / *one);
        differences.push_back(swapped ? -difference : difference);
    }
    const auto interval = stats::interval_of_pairs(differences, 0.95);
    const auto centre = stats::centre_of_pairs(differences);
    Proof proof;
    proof.name = "A/A: the same server twice";
    proof.measured = std::expm1(centre.value_or(0)) * 100;
    proof.unit = "%";
    proof.bound = "no difference beyond 5 %";
    proof.pass = !interval || (interval->low <= kTolerance && interval->high >= -kTolerance);
    proof.note =
        fmt::format("p = {:.3f}; {} pairs of 0.25 s", stats::sign_flip_test(differences).p, kPairs);
    bench.add(std::move(proof));
    return {};
}

}  // namespace benchhost::selftest

#include "core/selftest/selftest.hpp"

#include "core/selftest/selftest_bench.hpp"

namespace benchhost::selftest {
namespace {

constexpr const char* kBody = "Hello World!";

}  // namespace

void SelftestBench::add(Proof proof) {
    if (options_.on_proof) {
        options_.on_proof(proof);
    }
    proofs_.push_back(std::move(proof));
}

Result<load::LoadReport> SelftestBench::run(const load::LoadSpec& spec) const {
    auto report = load::run_load(spec, stop_);
    if (report && (report->interrupted || stop_.load(std::memory_order_relaxed))) {
        return Error{ErrorCode::interrupted, "the selftest was interrupted"};
    }
    return report;
}

Result<std::unique_ptr<OracleServer>> SelftestBench::oracle(OracleServer::Options options) {
    auto listener = servers::listen_tcp("127.0.0.1");
    if (!listener) {
        return listener.error();
    }
    options.answer = servers::canned_answer(kBody);
    return OracleServer::start(std::move(*listener), std::move(options));
}

Result<std::unique_ptr<servers::NullServer>> SelftestBench::null_server() {
    auto listener = servers::listen_tcp("127.0.0.1");
    if (!listener) {
        return listener.error();
    }
    return servers::NullServer::start(std::move(*listener), {servers::canned_answer(kBody), {}});
}

load::LoadSpec SelftestBench::spec_for(const http::Target& target, Nanoseconds duration) {
    load::LoadSpec spec;
    spec.target = target;
    spec.expectation.body = kBody;
    spec.duration = duration;
    return spec;
}

Result<std::vector<Proof>> run_selftest(const SelftestOptions& options,
                                        const std::atomic<bool>& stop) {
    SelftestBench bench(options, stop);
    for (const auto prove :
         {prove_arrivals, prove_stall, prove_queue, prove_latency, prove_conservation,
          prove_littles_law, prove_faults, prove_no_difference}) {
        if (const Status proved = prove(bench); !proved) {
            return proved.error();
        }
    }
    return bench.take();
}

}  // namespace benchhost::selftest

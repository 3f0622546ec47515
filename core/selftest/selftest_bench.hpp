// What the proofs of the selftest share.
#pragma once

#include "core/selftest/oracle_server.hpp"
#include "core/selftest/selftest.hpp"
#include "core/servers/null_server.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::selftest {

/// Collects proofs and runs loads for them.
class SelftestBench {
  public:
    SelftestBench(const SelftestOptions& options, const std::atomic<bool>& stop)
        : options_(options), stop_(stop) {}

    double slack() const { return options_.slack; }
    void add(Proof proof);
    std::vector<Proof> take() { return std::move(proofs_); }

    /// An interrupted load is an error here: half a proof proves nothing.
    Result<load::LoadReport> run(const load::LoadSpec& spec) const;

    static Result<std::unique_ptr<OracleServer>> oracle(OracleServer::Options options);
    static Result<std::unique_ptr<servers::NullServer>> null_server();
    /// No warm-up, full verification of the body that oracle() and null_server() answer.
    static load::LoadSpec spec_for(const http::Target& target, Nanoseconds duration);

  private:
    const SelftestOptions& options_;
    const std::atomic<bool>& stop_;
    std::vector<Proof> proofs_;
};

// selftest_timing.cpp
Status prove_arrivals(SelftestBench& bench);
Status prove_stall(SelftestBench& bench);
Status prove_queue(SelftestBench& bench);
Status prove_latency(SelftestBench& bench);
// selftest_counts.cpp
Status prove_conservation(SelftestBench& bench);
Status prove_littles_law(SelftestBench& bench);
Status prove_faults(SelftestBench& bench);
Status prove_no_difference(SelftestBench& bench);

}  // namespace benchhost::selftest

// What the selftest counts holds on any machine; what it times is a proof for a quiet one.
#include "core/selftest/selftest.hpp"

#include "core/selftest/selftest_bench.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace benchhost::load {
namespace {

TEST(Selftest, WhatIsCountedIsProvenOnAnyMachine) {
    const std::atomic<bool> stop{false};
    const selftest::SelftestOptions options;
    selftest::SelftestBench bench(options, stop);
    ASSERT_TRUE(selftest::prove_conservation(bench));
    ASSERT_TRUE(selftest::prove_faults(bench));
    const auto proofs = bench.take();
    EXPECT_GT(proofs.size(), 20U);
    for (const selftest::Proof& proof : proofs) {
        EXPECT_TRUE(proof.pass) << proof.name << ": planned " << proof.planned << ", measured "
                                << proof.measured << " " << proof.unit;
    }
}

TEST(Selftest, IsStoppedAtOnce) {
    const std::atomic<bool> stop{true};
    const auto proofs = selftest::run_selftest({}, stop);
    ASSERT_FALSE(proofs.has_value());
    EXPECT_EQ(proofs.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace benchhost::load

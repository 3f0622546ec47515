// The proofs of `benchhost selftest`, with bounds for a machine that is quiet but no more than
// that.
#include "core/selftest/selftest.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

namespace benchhost::load {
namespace {

TEST(SelftestProof, EveryProofHolds) {
    selftest::SelftestOptions options;
    options.slack = 20;
    std::size_t told = 0;
    options.on_proof = [&](const selftest::Proof& proof) {
        ++told;
        EXPECT_TRUE(proof.pass) << proof.name << ": planned " << proof.planned << ", measured "
                                << proof.measured << " " << proof.unit << " (" << proof.bound
                                << ")";
        EXPECT_FALSE(proof.bound.empty());
    };
    const std::atomic<bool> stop{false};
    const auto proofs = selftest::run_selftest(options, stop);
    ASSERT_TRUE(proofs.has_value()) << proofs.error().message;
    EXPECT_EQ(proofs->size(), told);
    std::set<std::string> groups;
    for (const selftest::Proof& proof : *proofs) {
        groups.insert(proof.name.substr(0, proof.name.find(':')));
    }
    EXPECT_EQ(groups.size(), 8U);
}

}  // namespace
}  // namespace benchhost::load

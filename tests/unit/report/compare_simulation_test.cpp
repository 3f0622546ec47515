// What the comparison promises on average: thousands of simulated runs.
#include "tests/unit/report/trial_source.hpp"

#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

TEST(CompareBlocks, FalseAlarmsStayBelowAlphaAndPowerIsReached) {
    // With the deviation s of one difference, 10 pairs find 0.99 s for one test in 8 of 10 runs
    // (Student's t); the tolerance is 0 here so that only the test decides.
    constexpr int kRuns = 2000;
    compare::Gate gate;
    gate.entries = {{model::GateMetric::cpu, 0}};
    TrialSource source(11);
    int alarms = 0;
    int found = 0;
    constexpr double kNoise = 0.05;  // two trials an arm and block: one difference has 0.05 too
    const double change = std::exp(0.994 * kNoise);
    for (int run = 0; run < kRuns; ++run) {
        const auto same = compare::compare_blocks(
            "base", "head", source.blocks(10, {1, kNoise}, {1, kNoise}), gate);
        alarms += same.cells[0].verdict == compare::Change::no_change ||
                          same.cells[0].verdict == compare::Change::inconclusive
                      ? 0
                      : 1;
        const auto slower = compare::compare_blocks(
            "base", "head", source.blocks(10, {1, kNoise}, {change, kNoise}), gate);
        found += slower.cells[0].verdict == compare::Change::regression ? 1 : 0;
    }
    EXPECT_LE(alarms, kRuns * 0.06) << "alpha is 0.05";
    EXPECT_GE(found, kRuns * 0.74) << "the stated power is 0.8";
}

TEST(CompareBlocks, AllGatedCellsTogetherRaiseFewFalseAlarms) {
    compare::Gate gate;
    for (compare::Gate::Entry& entry : gate.entries) {
        entry.tolerance = 0;
    }
    TrialSource source(12);
    int alarms = 0;
    constexpr int kRuns = 2000;
    for (int run = 0; run < kRuns; ++run) {
        const auto comparison =
            compare::compare_blocks("base", "head", source.blocks(12, {}, {}), gate);
        alarms += compare::decide(comparison) == compare::Decision::regression ? 1 : 0;
    }
    EXPECT_LE(alarms, kRuns * 0.05);
}

}  // namespace
}  // namespace benchhost::report

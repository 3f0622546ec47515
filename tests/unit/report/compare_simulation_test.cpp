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
        const auto verdict = same.cells[0].verdict;
        alarms += verdict == compare::Change::regression || verdict == compare::Change::improvement
                      ? 1
                      : 0;
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

TEST(CompareResults, EveryHeadThatIsSixPercentBetterPasses) {
    TrialSource source(13);
    constexpr double kNoise = 0.02;
    const compare::Gate gate;
    for (int run = 0; run < 60; ++run) {
        const auto comparison = compare::compare_results(
            source.results(10, {1, kNoise}), source.results(10, {1 / 1.06, kNoise}), gate);
        ASSERT_TRUE(comparison) << comparison.error().message;
        EXPECT_EQ(compare::decide(*comparison), compare::Decision::passed) << run;
        const auto blocks = compare::compare_blocks(
            "base", "head", source.blocks(10, {1, kNoise}, {1 / 1.06, kNoise}), gate);
        EXPECT_EQ(compare::decide(blocks), compare::Decision::passed) << run;
    }
}

TEST(CompareResults, WhatIsWorseIsFoundAsOftenAsBefore) {
    // Of the rounds: 6 % is barely more than the tolerance of 5 %, 20 % is far beyond it.
    struct Case {
        double slower;
        double noise;
        int least, most;  // regressions in 200
        int most_passed;
    };
    for (const auto& [slower, noise, least, most, most_passed] :
         {Case{1, 0.02, 0, 0, 200}, Case{1.03, 0.02, 0, 0, 200}, Case{1.06, 0.02, 10, 110, 5},
          Case{1.2, 0.02, 199, 200, 0}, Case{1, 0.08, 0, 4, 200}, Case{1.2, 0.08, 190, 200, 0}}) {
        TrialSource source(14);
        int regressions = 0;
        int passed = 0;
        for (int run = 0; run < 200; ++run) {
            const auto comparison =
                compare::compare_results(source.results(10, {1, noise}),
                                         source.results(10, {slower, noise}), compare::Gate());
            const auto decision = compare::decide(*comparison);
            regressions += decision == compare::Decision::regression ? 1 : 0;
            passed += decision == compare::Decision::passed ? 1 : 0;
        }
        EXPECT_GE(regressions, least) << slower << " " << noise;
        EXPECT_LE(regressions, most) << slower << " " << noise;
        EXPECT_LE(passed, most_passed) << slower << " " << noise;
    }
}

}  // namespace
}  // namespace benchhost::report

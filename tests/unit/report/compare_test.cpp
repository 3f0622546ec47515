#include "report/compare/comparison.hpp"
#include "report/compare/render.hpp"
#include "tests/unit/report/golden.hpp"
#include "tests/unit/report/trial_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

using model::Outcome;
using model::Verdict;
using results::Trial;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const compare::Gate kGate;
const std::size_t kGatedMetrics = kGate.tested();

std::vector<compare::Change> gated_verdicts(const compare::Comparison& comparison) {
    std::vector<compare::Change> verdicts;
    for (const compare::ComparedCell& cell : comparison.cells) {
        if (cell.is_gated() && compare::about(cell.metric).tested) {
            verdicts.push_back(cell.verdict);
        }
    }
    return verdicts;
}

TEST(CompareBlocks, TwentyPercentSlowerIsARegressionOfEveryGatedMetric) {
    TrialSource source(1);
    const auto comparison =
        compare::compare_blocks("base", "head", source.blocks(10, {}, {1.2}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(compare::Change::regression));
    EXPECT_EQ(gated_verdicts(comparison).size(), kGatedMetrics);
    EXPECT_EQ(compare::decide(comparison), compare::Decision::regression);
    EXPECT_NEAR(comparison.cells[0].change.value(), 0.2, 0.03);
    EXPECT_LE(comparison.cells[0].change_low.value(), comparison.cells[0].change.value());
    EXPECT_GE(comparison.cells[0].change_high.value(), comparison.cells[0].change.value());
}

TEST(CompareBlocks, TwentyPercentFasterIsAnImprovementAndPasses) {
    TrialSource source(2);
    const auto comparison =
        compare::compare_blocks("base", "head", source.blocks(10, {1.2}, {1.0}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(compare::Change::improvement));
    EXPECT_EQ(compare::decide(comparison), compare::Decision::passed);
}

TEST(CompareBlocks, TheSameTwiceIsNoChange) {
    TrialSource source(3);
    const auto comparison =
        compare::compare_blocks("base", "head", source.blocks(10, {}, {}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(compare::Change::no_change));
    EXPECT_EQ(compare::decide(comparison), compare::Decision::passed);
}

TEST(CompareBlocks, ASignificantChangeWithinTheToleranceIsNoRegression) {
    TrialSource source(4);
    const auto comparison = compare::compare_blocks(
        "base", "head", source.blocks(20, {1, 0.002}, {1.02, 0.002}), kGate);
    EXPECT_LT(comparison.cells[0].adjusted_p.value(), 0.05);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(compare::Change::no_change));
}

TEST(CompareBlocks, TooNoisyToTellSaysWhatItCouldHaveFound) {
    TrialSource source(5);
    const auto comparison =
        compare::compare_blocks("base", "head", source.blocks(10, {1, 0.3}, {1, 0.3}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(compare::Change::inconclusive));
    EXPECT_EQ(compare::decide(comparison), compare::Decision::inconclusive);
    const auto& cell = comparison.cells[0];
    EXPECT_GT(cell.detectable.value(), 0.1);
    EXPECT_GT(cell.rounds_needed.value(), 10U);
    EXPECT_THAT(cell.why, HasSubstr("this run finds changes of"));
}

TEST(CompareBlocks, FewBlocksNeverClaimAnything) {
    TrialSource source(6);
    const auto comparison =
        compare::compare_blocks("base", "head", source.blocks(4, {}, {2}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(compare::Change::inconclusive));
    EXPECT_THAT(comparison.cells[0].why, HasSubstr("too few pairs"));
    EXPECT_FALSE(comparison.cells[0].detectable);
}

TEST(CompareBlocks, AMachineThatSeesChangesWithoutAnyIsNoWitness) {
    TrialSource source(7);
    const auto noisy = compare::compare_blocks(
        "base", "head", source.blocks(10, {}, {1.5}, TrialModel{1.12}), kGate);
    EXPECT_EQ(compare::decide(noisy), compare::Decision::too_noisy);
    EXPECT_NEAR(compare::noise_floor(noisy).value(), 0.12, 0.02);
    EXPECT_THAT(noisy.cells[0].why, HasSubstr("base against itself differs by"));
    const auto quiet = compare::compare_blocks(
        "base", "head", source.blocks(10, {}, {1.5}, TrialModel{1.0}), kGate);
    EXPECT_EQ(compare::decide(quiet), compare::Decision::regression);
}

TEST(CompareBlocks, AChangeBeyondAllThatNoiseMayDoCountsThoughTheToleranceIsSmaller) {
    compare::Gate gate;
    gate.entries = {{model::GateMetric::cpu, 0.02}};
    const auto compare = [&](double factor) {
        TrialSource source(17);
        return compare::compare_blocks(
            "base", "head", source.blocks(10, {1, 0.05}, {factor, 0.05}, TrialModel{1.0, 0.05}),
            gate);
    };
    const auto large = compare(1.5);
    ASSERT_LT(std::abs(large.cells[0].noise.value()), 0.02);
    ASSERT_GT(std::max(-large.cells[0].noise_low.value(), large.cells[0].noise_high.value()), 0.02)
        << "the interval of base against itself exceeds the tolerance";
    EXPECT_EQ(large.cells[0].verdict, compare::Change::regression);
    EXPECT_FALSE(large.cells[0].too_noisy);
    EXPECT_EQ(compare::decide(large), compare::Decision::regression);
    const auto none = compare(1.0);
    EXPECT_EQ(none.cells[0].verdict, compare::Change::inconclusive);
    EXPECT_EQ(compare::decide(none), compare::Decision::too_noisy);
    EXPECT_THAT(none.cells[0].why, HasSubstr("base against itself may differ by"));
}

TEST(CompareBlocks, EachMetricIsJudgedByItsOwnNoise) {
    TrialSource source(18);
    auto trials = source.blocks(10, {}, {1.2}, TrialModel{1.0});
    for (ArmTrial& each : trials) {
        if (each.arm == Arm::again) {
            each.trial.response_time_ms->p99 *= 1.5;
        }
    }
    const auto comparison = compare::compare_blocks("base", "head", trials, kGate);
    for (const auto& cell : comparison.cells) {
        if (cell.is_gated()) {
            EXPECT_EQ(cell.too_noisy, cell.metric == model::GateMetric::p99)
                << model::name_of(cell.metric);
        }
    }
    EXPECT_EQ(compare::decide(comparison), compare::Decision::regression)
        << "the noise of one excuses no other";
}

TEST(CompareBlocks, TrialsTheMachineSpoiltCountOnlyForCpu) {
    TrialSource source(8);
    auto trials = source.blocks(10, {}, {1.2});
    for (ArmTrial& each : trials) {
        each.trial.verdict = Verdict::machine_bound;
    }
    const auto comparison = compare::compare_blocks("base", "head", trials, kGate);
    EXPECT_EQ(comparison.cells[0].metric, model::GateMetric::cpu);
    EXPECT_EQ(comparison.cells[0].verdict, compare::Change::regression);
    EXPECT_EQ(comparison.cells[1].metric, model::GateMetric::rps);
    EXPECT_EQ(comparison.cells[1].verdict, compare::Change::inconclusive);
    EXPECT_EQ(comparison.cells[1].why, "no block has both");
    EXPECT_THAT(
        comparison.warnings,
        Contains(HasSubstr("Only CPU, memory and losses count of 20 of 20 trials of base (20 "
                           "machine-bound under text), 20 of 20 trials of head (20")));
}

TEST(CompareBlocks, AnAttemptThatWasRepeatedDoesNotCount) {
    TrialSource source(19);
    const auto trials = source.blocks(10, {}, {});
    auto with_attempts = trials;
    for (ArmTrial each : trials) {
        each.trial.superseded = true;
        each.trial.verdict = Verdict::machine_bound;
        *each.trial.server_usage->cpu_us_per_request *= each.arm == Arm::head ? 10 : 1;
        with_attempts.push_back(each);
    }
    const auto comparison = compare::compare_blocks("base", "head", with_attempts, kGate);
    EXPECT_EQ(compare::comparison_json(comparison),
              compare::comparison_json(compare::compare_blocks("base", "head", trials, kGate)));
    EXPECT_EQ(compare::decide(comparison), compare::Decision::passed);
    EXPECT_THAT(comparison.warnings, IsEmpty());
}

TEST(CompareBlocks, AHeadThatFailsIsARegression) {
    TrialSource source(9);
    auto trials = source.blocks(10, {}, {});
    for (ArmTrial& each : trials) {
        if (each.arm == Arm::head) {
            each.trial.outcome = Outcome::failed;
            each.trial.reason = "SIGSEGV";
        }
    }
    const auto comparison = compare::compare_blocks("base", "head", trials, kGate);
    EXPECT_EQ(compare::decide(comparison), compare::Decision::regression);
    ASSERT_EQ(comparison.cells.size(), 1U) << "said once";
    EXPECT_EQ(comparison.cells[0].metric, model::GateMetric::failed);
    EXPECT_EQ(comparison.cells[0].why,
              "the base was measured and the head was not: failed in all 20 rounds: SIGSEGV");
}

TEST(CompareBlocks, ARegressionStaysOneOnlyWhenConfirmed) {
    TrialSource source(10);
    const auto first = compare::compare_blocks("base", "head", source.blocks(10, {}, {1.2}), kGate);
    EXPECT_THAT(compare::profiles_to_confirm(first), ElementsAre("text"));
    const auto same = compare::compare_blocks("base", "head", source.blocks(20, {}, {1.2}), kGate);
    EXPECT_EQ(compare::decide(compare::confirmed(first, same)), compare::Decision::regression);
    const auto burst = compare::compare_blocks("base", "head", source.blocks(20, {}, {}), kGate);
    EXPECT_EQ(compare::decide(compare::confirmed(first, burst)), compare::Decision::inconclusive);
    EXPECT_THAT(compare::confirmed(first, burst).cells[0].why,
                HasSubstr("second run says: no change"));
    EXPECT_THAT(compare::profiles_to_confirm(burst), IsEmpty());
}

TEST(CompareBlocks, WhatIsWorseButNotYetByTheToleranceIsDecidedByASecondRun) {
    compare::Gate gate;
    gate.entries = compare::Gate::completed({{model::GateMetric::cpu, 0.05}});
    const auto compare = [&](unsigned seed, std::uint32_t blocks, double factor, double noise) {
        TrialSource source(seed);
        return compare::compare_blocks("base", "head",
                                       source.blocks(blocks, {1, noise}, {factor, noise}), gate);
    };
    const auto first = compare(11, 10, 1.2, 0.15);
    ASSERT_EQ(first.cells[0].verdict, compare::Change::inconclusive);
    ASSERT_LT(first.cells[0].adjusted_p.value(), 0.05);
    EXPECT_THAT(compare::profiles_to_confirm(first), ElementsAre("text"));
    const auto clear = compare(12, 20, 1.2, 0.02);
    const auto found = compare::confirmed(first, clear);
    EXPECT_EQ(compare::decide(found), compare::Decision::regression);
    EXPECT_EQ(found.cells[0].change_low, clear.cells[0].change_low) << "the second run's numbers";
    EXPECT_THAT(found.cells[0].why, HasSubstr("found by the second run"));
    const auto calm = compare::confirmed(first, compare(13, 20, 1, 0.02));
    EXPECT_NE(compare::decide(calm), compare::Decision::regression);
    EXPECT_THAT(calm.cells[0].why, HasSubstr("a second run says: no change"));
}

TEST(CompareBlocks, EachPairIsComparedForItself) {
    TrialSource source(11);
    auto trials = source.blocks(10, {}, {});
    for (ArmTrial& each : trials) {
        each.pair = each.trial.server;
    }
    for (ArmTrial& each : source.blocks(10, {}, {1.2})) {
        each.trial.server = each.arm == Arm::head ? "poco-2" : "poco";
        each.pair = "poco-2";
        trials.push_back(each);
    }
    const auto comparison =
        compare::compare_blocks("base", "head", trials, *compare::parse_gate("cpu=5%"));
    ASSERT_EQ(comparison.cells[1].metric, model::GateMetric::cpu) << "no losses are known";
    EXPECT_EQ(comparison.cells[0].server, "beast");
    EXPECT_EQ(comparison.cells[0].verdict, compare::Change::no_change);
    EXPECT_EQ(comparison.cells[1].server, "poco-2");
    EXPECT_EQ(comparison.cells[1].verdict, compare::Change::regression);
}

TEST(CompareResults, UnpairedIsLabelledAndFindsWhatIsThere) {
    TrialSource source(20);
    const auto comparison =
        compare::compare_results(source.results(10, {}), source.results(10, {1.2}), kGate);
    ASSERT_TRUE(comparison) << comparison.error().message;
    EXPECT_FALSE(comparison->paired);
    EXPECT_THAT(comparison->warnings, Contains(HasSubstr("Unpaired, weaker")));
    EXPECT_THAT(gated_verdicts(*comparison), testing::Each(compare::Change::regression));
    const auto same =
        compare::compare_results(source.results(10, {}), source.results(10, {}), kGate);
    EXPECT_THAT(gated_verdicts(*same), testing::Each(compare::Change::no_change));
}

TEST(CompareResults, RefusesOtherEnvironmentsUnlessForced) {
    TrialSource source(21);
    const auto base = source.results(10, {});
    auto head = source.results(10, {});
    head.environment["load_average"] = "9.9";
    head.environment["plugin beast.so"] = "sha256 1";
    EXPECT_TRUE(compare::compare_results(base, head, kGate))
        << "neither is a property of the machine";
    head.environment["cpu_model"] = "two";
    head.environment["kernel"] = "6.1";
    const auto refused = compare::compare_results(base, head, kGate);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
    EXPECT_THAT(refused.error().message, HasSubstr("cpu_model: \"one\" against \"two\""));
    EXPECT_THAT(refused.error().message, HasSubstr("kernel: nothing against \"6.1\""));
    const auto forced = compare::compare_results(base, head, kGate, true);
    ASSERT_TRUE(forced);
    EXPECT_THAT(forced->warnings, Contains(HasSubstr("compared by --force")));
}

TEST(CompareResults, TakesWhatDriftsFromBootToBootForTheSameMachine) {
    TrialSource source(23);
    auto base = source.results(10, {});
    auto head = source.results(10, {});
    base.environment["memory"] = "8131312 kB";
    head.environment["memory"] = "8131300 kB";
    base.environment["swap"] = "0 kB";
    head.environment["swap"] = "0 kB";
    base.environment["memory_available"] = "7000000 kB";
    head.environment["memory_available"] = "1000000 kB";
    EXPECT_TRUE(compare::compare_results(base, head, kGate));
    EXPECT_THAT(compare::environment_differences(base, head).harmless, testing::IsEmpty());
    head.environment["memory"] = "7131300 kB";
    EXPECT_FALSE(compare::compare_results(base, head, kGate));
}

TEST(CompareResults, RefusesALimitOnlyWhereItWasMet) {
    TrialSource source(24);
    auto base = source.results(10, {});
    auto head = source.results(10, {});
    base.environment["nofile_hard"] = "1048576";
    head.environment["nofile_hard"] = "4096";
    for (auto* side : {&base, &head}) {
        for (auto& trial : side->trials) {
            trial.effective_limits["nofile"] = "2048";
        }
    }
    const auto compared = compare::compare_results(base, head, kGate);
    ASSERT_TRUE(compared) << compared.error().message;
    EXPECT_THAT(compared->warnings, Contains(HasSubstr("nofile_hard: \"1048576\" against")));
    base.trials.back().effective_limits["nofile"] = "999999";
    const auto refused = compare::compare_results(base, head, kGate);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("nofile_hard"));
}

TEST(CompareResults, TakesAnotherBuildOfOneVersionForTheSameProgram) {
    TrialSource source(25);
    auto base = source.results(10, {});
    auto head = source.results(10, {});
    base.benchhost_version = head.benchhost_version = "1.2.0";
    base.environment["benchhost_sha256"] = "aa";
    head.environment["benchhost_sha256"] = "bb";
    base.environment["compiler"] = "GNU 12.2.0 (Release)";
    head.environment["compiler"] = "GNU 14.2.0 (Release)";
    const auto compared = compare::compare_results(base, head, kGate);
    ASSERT_TRUE(compared) << compared.error().message;
    EXPECT_THAT(compared->warnings, Contains(HasSubstr("benchhost_sha256")));
    auto debug = head;
    debug.environment["compiler"] = "GNU 14.2.0 (Debug)";
    EXPECT_FALSE(compare::compare_results(base, debug, kGate));
    head.benchhost_version = "1.3.0";
    EXPECT_FALSE(compare::compare_results(base, head, kGate));
}

TEST(CompareResults, KnowsFactsByTheirWholeNames) {
    TrialSource source(26);
    const auto base = source.results(10, {});
    for (const auto* key : {"tcp_fin_timeout", "cpu_idle_pids", "memory_free", "runtime"}) {
        auto head = base;
        head.environment[key] = "30";
        EXPECT_FALSE(compare::compare_results(base, head, kGate)) << key;
    }
}

TEST(CompareResults, AnotherLoadUnderTheSameNameIsNotCompared) {
    TrialSource source(22);
    const auto base = source.results(10, {});
    auto head = source.results(10, {});
    head.profiles[0].description = "512 connections";
    const auto compared = compare::compare_results(base, head, kGate);
    ASSERT_FALSE(compared);
    EXPECT_THAT(compared.error().message, HasSubstr("another load"));
}

TEST(CompareResults, WhatOnlyOneSideHasIsSaid) {
    TrialSource source(23);
    const auto base = source.results(10, {});
    auto head = source.results(10, {});
    head.trials.push_back(source.trial("crow", 1, {}));
    const auto comparison = compare::compare_results(base, head, kGate);
    EXPECT_THAT(comparison->warnings, Contains("crow under text is only in head"));
}

TEST(CompareResults, InformationIsShownButNeverDecides) {
    TrialSource source(24);
    const auto gate = compare::parse_gate("cpu=5%");
    auto head = source.results(10, {});
    for (Trial& trial : head.trials) {
        *trial.requests_per_s /= 2;
    }
    const auto comparison = compare::compare_results(source.results(10, {}), head, *gate);
    EXPECT_EQ(compare::decide(*comparison), compare::Decision::passed);
    EXPECT_THAT(compare::comparison_markdown(*comparison), HasSubstr("For information, not gated"));
}

TEST(RenderComparison, IsByteForByteWhatWasAccepted) {
    TrialSource source(30);
    auto trials = source.blocks(10, {}, {1.2}, TrialModel{1.0});
    auto other = source.blocks(10, {1, 0.2}, {1, 0.2}, TrialModel{1.0});
    for (ArmTrial& each : other) {
        each.trial.profile = "<b>|json\n";
        each.trial.server = "=evil%,:`x`";
        each.trial.verdict = Verdict::client_bound;
    }
    trials.insert(trials.end(), other.begin(), other.end());
    const auto comparison = compare::compare_blocks("main|`4f2c`", "head <script>", trials, kGate);
    const auto folder = golden_folder() / "compare";
    expect_golden(folder / "comparison.md", compare::comparison_markdown(comparison));
    expect_golden(folder / "comparison.json", compare::comparison_json(comparison));
    expect_golden(folder / "comparison.xml", compare::comparison_junit(comparison));
    expect_golden(folder / "annotations.txt", compare::github_annotations(comparison));
    EXPECT_THAT(compare::github_annotations(comparison), Not(HasSubstr("::x")));
    EXPECT_FALSE(compare::render_comparison("html", comparison));
    EXPECT_EQ(*compare::render_comparison("json", comparison),
              compare::comparison_json(comparison));
}

}  // namespace
}  // namespace benchhost::report

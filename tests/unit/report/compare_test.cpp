#include "report/compare/comparison.hpp"
#include "report/compare/render.hpp"
#include "tests/unit/report/golden.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace benchhost::report {
namespace {

using results::Outcome;
using results::ResultSet;
using results::Trial;
using results::Verdict;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Gate kGate;
const std::size_t kGatedMetrics = kGate.entries.size();

// How much slower an arm is (1: the same) and how noisy, as the deviation of logarithms.
struct Model {
    double slower = 1;
    double noise = 0.01;
};

class Source {
  public:
    explicit Source(std::uint64_t seed) : random_(seed) {}

    Trial trial(const std::string& server, std::uint32_t round, const Model& model) {
        const auto noisy = [&](double value) {
            return value * std::exp(std::normal_distribution<>(0, model.noise)(random_));
        };
        Trial trial;
        trial.server = server;
        trial.profile = "text";
        trial.round = round;
        trial.outcome = Outcome::ok;
        trial.verdict = Verdict::server_bound;
        trial.requests_per_s = noisy(100000 / model.slower);
        trial.response_time_ms = results::LatencySummary{};
        trial.response_time_ms->p50 = noisy(0.4 * model.slower);
        trial.response_time_ms->p99 = noisy(0.9 * model.slower);
        trial.server_usage = results::ServerUsage{};
        trial.server_usage->cpu_us_per_request = noisy(8 * model.slower);
        return trial;
    }

    ResultSet results(std::uint32_t rounds, const Model& model) {
        ResultSet results;
        results.suite = "text";
        results.rounds = rounds;
        results.environment = {{"cpu_model", "one"}, {"load_average", "0.1"}};
        results.profiles = {{"text", "text", "closed", "64 connections"}};
        for (std::uint32_t round = 1; round <= rounds; ++round) {
            results.trials.push_back(trial("beast", round, model));
        }
        return results;
    }

    // ABBA: two trials of each arm a block; with a third arm, base again.
    std::vector<ArmTrial> blocks(std::uint32_t count, const Model& base, const Model& head,
                                 const std::optional<Model>& again = std::nullopt) {
        std::vector<ArmTrial> trials;
        for (std::uint32_t block = 1; block <= count; ++block) {
            for (int copy = 0; copy < 2; ++copy) {
                trials.push_back({Arm::base, block, trial("beast", block, base)});
                trials.push_back({Arm::head, block, trial("beast", block, head)});
                if (again) {
                    trials.push_back({Arm::again, block, trial("beast", block, *again)});
                }
            }
        }
        return trials;
    }

  private:
    std::mt19937_64 random_;
};

std::vector<Change> gated_verdicts(const Comparison& comparison) {
    std::vector<Change> verdicts;
    for (const ComparedCell& cell : comparison.cells) {
        if (cell.is_gated()) {
            verdicts.push_back(cell.verdict);
        }
    }
    return verdicts;
}

TEST(CompareBlocks, TwentyPercentSlowerIsARegressionOfEveryGatedMetric) {
    Source source(1);
    const auto comparison = compare_blocks("base", "head", source.blocks(10, {}, {1.2}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(Change::regression));
    EXPECT_EQ(gated_verdicts(comparison).size(), kGatedMetrics);
    EXPECT_EQ(decide(comparison), Decision::regression);
    EXPECT_NEAR(comparison.cells[0].change.value(), 0.2, 0.03);
    EXPECT_LE(comparison.cells[0].change_low.value(), comparison.cells[0].change.value());
    EXPECT_GE(comparison.cells[0].change_high.value(), comparison.cells[0].change.value());
}

TEST(CompareBlocks, TwentyPercentFasterIsAnImprovementAndPasses) {
    Source source(2);
    const auto comparison = compare_blocks("base", "head", source.blocks(10, {1.2}, {1.0}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(Change::improvement));
    EXPECT_EQ(decide(comparison), Decision::passed);
}

TEST(CompareBlocks, TheSameTwiceIsNoChange) {
    Source source(3);
    const auto comparison = compare_blocks("base", "head", source.blocks(10, {}, {}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(Change::no_change));
    EXPECT_EQ(decide(comparison), Decision::passed);
}

TEST(CompareBlocks, ASignificantChangeWithinTheToleranceIsNoRegression) {
    Source source(4);
    const auto comparison =
        compare_blocks("base", "head", source.blocks(20, {1, 0.002}, {1.02, 0.002}), kGate);
    EXPECT_LT(comparison.cells[0].adjusted_p.value(), 0.05);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(Change::no_change));
}

TEST(CompareBlocks, TooNoisyToTellSaysWhatItCouldHaveFound) {
    Source source(5);
    const auto comparison =
        compare_blocks("base", "head", source.blocks(10, {1, 0.3}, {1, 0.3}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(Change::inconclusive));
    EXPECT_EQ(decide(comparison), Decision::inconclusive);
    const auto& cell = comparison.cells[0];
    EXPECT_GT(cell.detectable.value(), 0.1);
    EXPECT_GT(cell.rounds_needed.value(), 10U);
    EXPECT_THAT(cell.why, HasSubstr("this run finds changes of"));
}

TEST(CompareBlocks, FewBlocksNeverClaimAnything) {
    Source source(6);
    const auto comparison = compare_blocks("base", "head", source.blocks(4, {}, {2}), kGate);
    EXPECT_THAT(gated_verdicts(comparison), testing::Each(Change::inconclusive));
    EXPECT_THAT(comparison.cells[0].why, HasSubstr("too few pairs"));
    EXPECT_FALSE(comparison.cells[0].detectable);
}

TEST(CompareBlocks, AMachineThatSeesChangesWithoutAnyIsNoWitness) {
    Source source(7);
    const auto noisy =
        compare_blocks("base", "head", source.blocks(10, {}, {1.5}, Model{1.12}), kGate);
    EXPECT_EQ(decide(noisy), Decision::too_noisy);
    EXPECT_NEAR(noise_floor(noisy).value(), 0.12, 0.02);
    EXPECT_THAT(noisy.cells[0].why, HasSubstr("base against itself may differ by"));
    const auto quiet =
        compare_blocks("base", "head", source.blocks(10, {}, {1.5}, Model{1.0}), kGate);
    EXPECT_EQ(decide(quiet), Decision::regression);
}

TEST(CompareBlocks, TrialsTheMachineSpoiltCountOnlyForCpu) {
    Source source(8);
    auto trials = source.blocks(10, {}, {1.2});
    for (ArmTrial& each : trials) {
        each.trial.verdict = Verdict::machine_bound;
    }
    const auto comparison = compare_blocks("base", "head", trials, kGate);
    EXPECT_EQ(comparison.cells[0].metric, Metric::cpu_us_per_request);
    EXPECT_EQ(comparison.cells[0].verdict, Change::regression);
    EXPECT_EQ(comparison.cells[1].metric, Metric::requests_per_s);
    EXPECT_EQ(comparison.cells[1].verdict, Change::inconclusive);
    EXPECT_EQ(comparison.cells[1].why, "no block has both");
    EXPECT_THAT(comparison.warnings, Contains(HasSubstr("20 of 20 trials of base are left out")));
}

TEST(CompareBlocks, AHeadThatFailsIsARegression) {
    Source source(9);
    auto trials = source.blocks(10, {}, {});
    for (ArmTrial& each : trials) {
        if (each.arm == Arm::head) {
            each.trial.outcome = Outcome::failed;
            each.trial.reason = "SIGSEGV";
        }
    }
    const auto comparison = compare_blocks("base", "head", trials, kGate);
    EXPECT_EQ(decide(comparison), Decision::regression);
    EXPECT_THAT(comparison.cells[0].why, HasSubstr("SIGSEGV"));
}

TEST(CompareBlocks, ARegressionStaysOneOnlyWhenConfirmed) {
    Source source(10);
    const auto first = compare_blocks("base", "head", source.blocks(10, {}, {1.2}), kGate);
    EXPECT_THAT(profiles_to_confirm(first), ElementsAre("text"));
    const auto same = compare_blocks("base", "head", source.blocks(20, {}, {1.2}), kGate);
    EXPECT_EQ(decide(confirmed(first, same)), Decision::regression);
    const auto burst = compare_blocks("base", "head", source.blocks(20, {}, {}), kGate);
    EXPECT_EQ(decide(confirmed(first, burst)), Decision::inconclusive);
    EXPECT_THAT(confirmed(first, burst).cells[0].why, HasSubstr("second run says: no change"));
    EXPECT_THAT(profiles_to_confirm(burst), IsEmpty());
}

TEST(CompareBlocks, FalseAlarmsStayBelowAlphaAndPowerIsReached) {
    // With the deviation s of one difference, 10 pairs find 0.99 s for one test in 8 of 10 runs
    // (Student's t); the tolerance is 0 here so that only the test decides.
    constexpr int kRuns = 2000;
    Gate gate;
    gate.entries = {{Metric::cpu_us_per_request, 0}};
    Source source(11);
    int alarms = 0;
    int found = 0;
    constexpr double kNoise = 0.05;  // two trials an arm and block: one difference has 0.05 too
    const double change = std::exp(0.994 * kNoise);
    for (int run = 0; run < kRuns; ++run) {
        const auto same =
            compare_blocks("base", "head", source.blocks(10, {1, kNoise}, {1, kNoise}), gate);
        alarms += same.cells[0].verdict == Change::no_change ||
                          same.cells[0].verdict == Change::inconclusive
                      ? 0
                      : 1;
        const auto slower =
            compare_blocks("base", "head", source.blocks(10, {1, kNoise}, {change, kNoise}), gate);
        found += slower.cells[0].verdict == Change::regression ? 1 : 0;
    }
    EXPECT_LE(alarms, kRuns * 0.06) << "alpha is 0.05";
    EXPECT_GE(found, kRuns * 0.74) << "the stated power is 0.8";
}

TEST(CompareBlocks, AllGatedCellsTogetherRaiseFewFalseAlarms) {
    Gate gate;
    for (Gate::Entry& entry : gate.entries) {
        entry.tolerance = 0;
    }
    Source source(12);
    int alarms = 0;
    constexpr int kRuns = 2000;
    for (int run = 0; run < kRuns; ++run) {
        const auto comparison = compare_blocks("base", "head", source.blocks(12, {}, {}), gate);
        alarms += decide(comparison) == Decision::regression ? 1 : 0;
    }
    EXPECT_LE(alarms, kRuns * 0.05);
}

TEST(DesignWarning, SaysWhatCanNeverBeFound) {
    EXPECT_THAT(design_warning(5, 3, kGate), HasSubstr("5 blocks can never show a regression"));
    EXPECT_THAT(design_warning(5, 3, kGate), HasSubstr("7 blocks or more can"));
    EXPECT_EQ(design_warning(10, 3, kGate), "");
    EXPECT_EQ(design_warning(9, 12, kGate), "");
    EXPECT_THAT(design_warning(8, 12, kGate), HasSubstr("9 blocks or more can"));
}

TEST(CompareResults, UnpairedIsLabelledAndFindsWhatIsThere) {
    Source source(20);
    const auto comparison =
        compare_results(source.results(10, {}), source.results(10, {1.2}), kGate);
    ASSERT_TRUE(comparison) << comparison.error().message;
    EXPECT_FALSE(comparison->paired);
    EXPECT_THAT(comparison->warnings, Contains(HasSubstr("Unpaired, weaker")));
    EXPECT_THAT(gated_verdicts(*comparison), testing::Each(Change::regression));
    const auto same = compare_results(source.results(10, {}), source.results(10, {}), kGate);
    EXPECT_THAT(gated_verdicts(*same), testing::Each(Change::no_change));
}

TEST(CompareResults, RefusesOtherEnvironmentsUnlessForced) {
    Source source(21);
    const auto base = source.results(10, {});
    auto head = source.results(10, {});
    head.environment["load_average"] = "9.9";
    head.environment["plugin beast.so"] = "sha256 1";
    EXPECT_TRUE(compare_results(base, head, kGate)) << "neither is a property of the machine";
    head.environment["cpu_model"] = "two";
    head.environment["kernel"] = "6.1";
    const auto refused = compare_results(base, head, kGate);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
    EXPECT_THAT(refused.error().message, HasSubstr("cpu_model: \"one\" against \"two\""));
    EXPECT_THAT(refused.error().message, HasSubstr("kernel: nothing against \"6.1\""));
    const auto forced = compare_results(base, head, kGate, true);
    ASSERT_TRUE(forced);
    EXPECT_THAT(forced->warnings, Contains(HasSubstr("compared by --force")));
}

TEST(CompareResults, AnotherLoadUnderTheSameNameIsNotCompared) {
    Source source(22);
    const auto base = source.results(10, {});
    auto head = source.results(10, {});
    head.profiles[0].description = "512 connections";
    const auto compared = compare_results(base, head, kGate, true);
    ASSERT_FALSE(compared);
    EXPECT_THAT(compared.error().message, HasSubstr("another load"));
}

TEST(CompareResults, WhatOnlyOneSideHasIsSaid) {
    Source source(23);
    const auto base = source.results(10, {});
    auto head = source.results(10, {});
    head.trials.push_back(source.trial("crow", 1, {}));
    const auto comparison = compare_results(base, head, kGate);
    EXPECT_THAT(comparison->warnings, Contains("crow under text is only in head"));
}

TEST(CompareResults, InformationIsShownButNeverDecides) {
    Source source(24);
    const auto gate = parse_gate("cpu=5%");
    auto head = source.results(10, {});
    for (Trial& trial : head.trials) {
        *trial.requests_per_s /= 2;
    }
    const auto comparison = compare_results(source.results(10, {}), head, *gate);
    EXPECT_EQ(decide(*comparison), Decision::passed);
    EXPECT_THAT(comparison_markdown(*comparison), HasSubstr("For information, not gated"));
}

TEST(ParseGate, ExactlyTheNamedMetricsAreGated) {
    const auto gate = parse_gate("rps=5%, p99=0.1");
    ASSERT_TRUE(gate) << gate.error().message;
    EXPECT_EQ(gate->tolerance_of(Metric::requests_per_s), 0.05);
    EXPECT_EQ(gate->tolerance_of(Metric::p99_ms), 0.1);
    EXPECT_FALSE(gate->tolerance_of(Metric::cpu_us_per_request));
}

TEST(ParseGate, MistakesNameWhatIsAllowed) {
    EXPECT_THAT(parse_gate("speed=5%").error().message, HasSubstr("cpu, rss, rps, p99, p50"));
    EXPECT_THAT(parse_gate("rps").error().message, HasSubstr("METRIC=SHARE"));
    EXPECT_THAT(parse_gate("rps=x").error().message, HasSubstr("tolerance of rps"));
    EXPECT_THAT(parse_gate("rps=1%,rps=2%").error().message, HasSubstr("given twice"));
    EXPECT_FALSE(parse_gate(""));
}

TEST(RenderComparison, IsByteForByteWhatWasAccepted) {
    Source source(30);
    auto trials = source.blocks(10, {}, {1.2}, Model{1.0});
    auto other = source.blocks(10, {1, 0.2}, {1, 0.2}, Model{1.0});
    for (ArmTrial& each : other) {
        each.trial.profile = "<b>|json\n";
        each.trial.server = "=evil%,:`x`";
        each.trial.verdict = Verdict::client_bound;
    }
    trials.insert(trials.end(), other.begin(), other.end());
    const auto comparison = compare_blocks("main|`4f2c`", "head <script>", trials, kGate);
    const auto folder = golden_folder() / "compare";
    expect_golden(folder / "comparison.md", comparison_markdown(comparison));
    expect_golden(folder / "comparison.json", comparison_json(comparison));
    expect_golden(folder / "comparison.xml", comparison_junit(comparison));
    expect_golden(folder / "annotations.txt", github_annotations(comparison));
    EXPECT_THAT(github_annotations(comparison), Not(HasSubstr("::x")));
    EXPECT_FALSE(render_comparison("html", comparison));
    EXPECT_EQ(*render_comparison("json", comparison), comparison_json(comparison));
}

}  // namespace
}  // namespace benchhost::report

// What a comparison is gated on, and what a design can never find.
#include "report/compare/comparison.hpp"
#include "report/compare/render.hpp"
#include "tests/unit/report/trial_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

using testing::HasSubstr;

const compare::Gate kWholeGate;

TEST(ParseGate, ExactlyTheNamedMetricsAreGated) {
    const auto gate = compare::parse_gate("rps=5%, p99=0.1");
    ASSERT_TRUE(gate) << gate.error().message;
    EXPECT_EQ(gate->tolerance_of(model::GateMetric::rps), 0.05);
    EXPECT_EQ(gate->tolerance_of(model::GateMetric::p99), 0.1);
    EXPECT_FALSE(gate->tolerance_of(model::GateMetric::cpu));
    EXPECT_EQ(gate->tolerance_of(model::GateMetric::failed), 0.01) << "always";
    EXPECT_EQ(gate->tolerance_of(model::GateMetric::wrong), 0);
}

TEST(ParseGate, ToleratingLossesLeavesTheOthersAsUsual) {
    const auto gate = compare::parse_gate("failed=3%");
    ASSERT_TRUE(gate) << gate.error().message;
    EXPECT_EQ(gate->tolerance_of(model::GateMetric::failed), 0.03);
    EXPECT_EQ(gate->tolerance_of(model::GateMetric::cpu), 0.05);
    EXPECT_EQ(gate->tested(), kWholeGate.tested());
}

TEST(ParseGate, MistakesNameWhatIsAllowed) {
    EXPECT_THAT(compare::parse_gate("speed=5%").error().message,
                HasSubstr("cpu, rss, rps, p99, p50, failed, wrong"));
    EXPECT_THAT(compare::parse_gate("rps").error().message, HasSubstr("METRIC=SHARE"));
    EXPECT_THAT(compare::parse_gate("rps=x").error().message, HasSubstr("tolerance of rps"));
    EXPECT_THAT(compare::parse_gate("rps=1%,rps=2%").error().message, HasSubstr("given twice"));
    EXPECT_FALSE(compare::parse_gate(""));
}

TEST(DesignWarning, SaysWhatCanNeverBeFound) {
    const auto of_blocks = [](std::size_t blocks, std::size_t cells) {
        return compare::design_warning({true, blocks}, cells, 0.05);
    };
    EXPECT_THAT(of_blocks(5, 3), HasSubstr("5 blocks can never show a regression"));
    EXPECT_THAT(of_blocks(5, 3), HasSubstr("7 or more can"));
    EXPECT_EQ(of_blocks(10, 3), "");
    EXPECT_EQ(of_blocks(9, 12), "");
    EXPECT_THAT(of_blocks(8, 12), HasSubstr("9 or more can"));
    EXPECT_THAT(compare::design_warning({false, 4}, 3, 0.05),
                HasSubstr("4 rounds on each side can never show a regression of rates, times or "
                          "costs: the least p is 0.0286, and 3 gated cells at alpha 0.05 need "
                          "0.0167; 5 or more can"));
    EXPECT_EQ(compare::design_warning({false, 5}, 3, 0.05), "");
}

TEST(DesignWarning, StandsAtTheTopOfWhatCanNeverDecide) {
    TrialSource source(40);
    const auto few =
        compare::compare_results(source.results(4, {}), source.results(4, {1.2}), kWholeGate);
    EXPECT_THAT(compare::comparison_markdown(*few).substr(0, 600),
                HasSubstr("4 rounds on each side can never show a regression"));
    EXPECT_THAT(compare::comparison_json(*few), HasSubstr("\"design_warning\":\"4 rounds"));
    EXPECT_EQ(compare::decide(*few), compare::Decision::inconclusive);
    const auto blocks = compare::compare_blocks("a", "b", source.blocks(4, {}, {}), kWholeGate);
    EXPECT_THAT(blocks.design_warning, HasSubstr("4 blocks can never"));
    const auto enough =
        compare::compare_results(source.results(10, {}), source.results(10, {}), kWholeGate);
    EXPECT_EQ(enough->design_warning, "");
}

}  // namespace
}  // namespace benchhost::report

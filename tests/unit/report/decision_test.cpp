// Which cells decide a comparison, and how each is decided on either side of its tolerance.
#include "report/compare/comparison.hpp"
#include "tests/unit/report/trial_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

using compare::Change;
using compare::ComparedCell;
using compare::Decision;
using model::GateMetric;
using model::Verdict;
using testing::Each;

TEST(UsualGate, IsOfCostsRatesTailsAndLosses) {
    const compare::Gate gate;
    EXPECT_EQ(gate.tolerance_of(GateMetric::cpu), 0.05);
    EXPECT_EQ(gate.tolerance_of(GateMetric::rps), 0.05);
    EXPECT_EQ(gate.tolerance_of(GateMetric::p99), 0.10);
    EXPECT_EQ(gate.tolerance_of(GateMetric::failed), 0.01);
    EXPECT_EQ(gate.tolerance_of(GateMetric::wrong), 0);
    EXPECT_FALSE(gate.tolerance_of(GateMetric::p50));
    EXPECT_FALSE(gate.tolerance_of(GateMetric::rss));
    EXPECT_EQ(gate.alpha, 0.05);
}

TEST(ComparableValue, OfARateNeedsAFreeServerAndOfACostDoesNot) {
    TrialSource source(1);
    auto trial = source.trial("beast", 1, {});
    for (const auto verdict : {Verdict::server_bound, Verdict::load_limited}) {
        trial.verdict = verdict;
        EXPECT_TRUE(compare::comparable_value(trial, GateMetric::rps));
    }
    for (const auto verdict :
         {Verdict::client_bound, Verdict::machine_bound, Verdict::link_bound, Verdict::not_known}) {
        trial.verdict = verdict;
        EXPECT_FALSE(compare::comparable_value(trial, GateMetric::rps)) << to_string(verdict);
        EXPECT_FALSE(compare::comparable_value(trial, GateMetric::p99)) << to_string(verdict);
        EXPECT_TRUE(compare::comparable_value(trial, GateMetric::cpu)) << to_string(verdict);
    }
    trial.verdict = Verdict::invalid;
    EXPECT_FALSE(compare::comparable_value(trial, GateMetric::cpu));
}

TEST(ComparableValue, IsTheOneThatItIsCalledAndPositive) {
    TrialSource source(1);
    auto trial = source.trial("beast", 1, {});
    trial.requests_per_s = 5;
    trial.response_time_ms->p50 = 6;
    trial.response_time_ms->p99 = 7;
    trial.server_usage->cpu_us_per_request = 8;
    trial.server_usage->rss_peak_bytes = 9;
    EXPECT_EQ(compare::comparable_value(trial, GateMetric::rps), 5);
    EXPECT_EQ(compare::comparable_value(trial, GateMetric::p50), 6);
    EXPECT_EQ(compare::comparable_value(trial, GateMetric::p99), 7);
    EXPECT_EQ(compare::comparable_value(trial, GateMetric::cpu), 8);
    EXPECT_EQ(compare::comparable_value(trial, GateMetric::rss), 9);
    trial.requests_per_s = 0;
    EXPECT_FALSE(compare::comparable_value(trial, GateMetric::rps));
}

ComparedCell gated(Change verdict, bool too_noisy = false) {
    ComparedCell cell;
    cell.tolerance = 0.05;
    cell.verdict = verdict;
    cell.too_noisy = too_noisy;
    return cell;
}

Decision decided(std::vector<ComparedCell> cells) {
    compare::Comparison comparison;
    comparison.cells = std::move(cells);
    return compare::decide(comparison);
}

TEST(Decide, TheGravestCellDecides) {
    const auto same = gated(Change::no_change);
    const auto worse = gated(Change::regression);
    const auto unsure = gated(Change::inconclusive);
    const auto noisy = gated(Change::inconclusive, true);
    EXPECT_EQ(decided({same, gated(Change::improvement), gated(Change::no_regression)}),
              Decision::passed);
    EXPECT_EQ(decided({same, unsure}), Decision::inconclusive);
    EXPECT_EQ(decided({unsure, noisy}), Decision::too_noisy);
    EXPECT_EQ(decided({noisy, worse}), Decision::regression);
}

TEST(Decide, OnlyGatedCellsDecideAndNoneDecidesNothing) {
    auto informs = gated(Change::regression);
    informs.tolerance.reset();
    EXPECT_EQ(decided({gated(Change::no_change), informs}), Decision::passed);
    EXPECT_EQ(decided({informs}), Decision::inconclusive);
    EXPECT_EQ(decided({}), Decision::inconclusive);
}

/// Of processor time a request, in which the head is `factor` times the base and noise is small.
Change change_of_cpu(double factor) {
    TrialSource source(1);
    const auto gate = *compare::parse_gate("cpu=5%");
    return compare::compare_blocks("a", "b", source.blocks(10, {1, 1e-4}, {factor, 1e-4}), gate)
        .cells.front()
        .verdict;
}

TEST(Tolerance, IsTheBorderOnBothSides) {
    EXPECT_EQ(change_of_cpu(1.049), Change::no_change) << "significant, and nobody cares";
    EXPECT_EQ(change_of_cpu(1.051), Change::regression);
    EXPECT_EQ(change_of_cpu(0.951), Change::no_change);
    EXPECT_EQ(change_of_cpu(0.949), Change::improvement);
}

TEST(Holm, HoldsOverAllGatedCells) {
    TrialSource source(1);
    const auto blocks = source.blocks(6, {}, {1.5});
    std::vector<Change> changes;
    for (const auto& cell : compare::compare_blocks("a", "b", blocks, compare::Gate()).cells) {
        if (cell.is_gated()) {
            changes.push_back(cell.verdict);
        }
    }
    EXPECT_THAT(changes, Each(Change::inconclusive)) << "6 blocks are enough for one cell only";
    const auto alone = compare::compare_blocks("a", "b", blocks, *compare::parse_gate("cpu=5%"));
    EXPECT_EQ(alone.cells.front().verdict, Change::regression);
}

}  // namespace
}  // namespace benchhost::report

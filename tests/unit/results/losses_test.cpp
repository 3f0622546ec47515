// What was lost, and percentiles beside losses.
#include "core/results/losses.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace benchhost::results {
namespace {

Trial answered(std::uint64_t ok, std::uint64_t timeouts) {
    Trial trial;
    trial.outcome = model::Outcome::ok;
    trial.requests = Requests{};
    trial.requests->planned = trial.requests->sent = ok + timeouts;
    trial.requests->ok = ok;
    trial.response_time_ms = LatencySummary{1, 1, 1, 1, 1, 2, 3, 4};
    return trial;
}

constexpr Nanoseconds kTimeout = std::chrono::seconds(2);

TEST(Losses, AreOfThePlanOrOfTheEndWhicheverIsMore) {
    auto trial = answered(98, 2);
    EXPECT_DOUBLE_EQ(*lost_requests(trial), 0.02);
    trial.ended = EndedRequests{};
    trial.ended->ok = 90;
    trial.ended->failed["timeout"] = 10;
    EXPECT_DOUBLE_EQ(*lost_requests(trial), 0.1);
    EXPECT_TRUE(lost_too_much(trial));
    EXPECT_EQ(losses_in_words(trial), "10 of 100 requests were not answered rightly");
}

TEST(Losses, ConnectionsWithoutAnAnswerCount) {
    auto trial = answered(1000, 0);
    trial.connections = Connections{};
    EXPECT_FALSE(lost_connections(trial).has_value());
    EXPECT_FALSE(lost_too_much(trial));
    trial.connections->asked = 64;
    trial.connections->never_answered = 56;
    EXPECT_DOUBLE_EQ(*lost_connections(trial), 0.875);
    EXPECT_TRUE(lost_too_much(trial));
    EXPECT_EQ(losses_in_words(trial), "56 of 64 connections never got an answer");
}

TEST(Losses, OneInAHundredIsAllowed) {
    EXPECT_FALSE(lost_too_much(answered(99, 1)));
    EXPECT_TRUE(lost_too_much(answered(980, 20)));
    EXPECT_EQ(losses_in_words(answered(100, 0)), "");
}

TEST(Percentiles, BeyondTheAnsweredShareAreAtLeastTheTimeout) {
    const auto p99 = percentile(answered(983, 17), &LatencySummary::p99, kTimeout);
    ASSERT_TRUE(p99);
    EXPECT_TRUE(p99->at_least);
    EXPECT_DOUBLE_EQ(p99->ms, 2000);
    const auto p95 = percentile(answered(983, 17), &LatencySummary::p95, kTimeout);
    ASSERT_TRUE(p95);
    EXPECT_FALSE(p95->at_least);
}

TEST(Percentiles, NeedEnoughRequests) {
    EXPECT_FALSE(percentile(answered(99, 0), &LatencySummary::p99, kTimeout));
    EXPECT_TRUE(percentile(answered(100, 0), &LatencySummary::p99, kTimeout));
    EXPECT_FALSE(percentile(answered(999, 0), &LatencySummary::p99_9, kTimeout));
    EXPECT_TRUE(percentile(answered(1000, 0), &LatencySummary::p99_9, kTimeout));
}

TEST(Percentiles, OfAStepAreOfItsOwnBooks) {
    LoadStep step;
    step.p99_ms = 5;
    EXPECT_FALSE(percentile(step, &LoadStep::p99_ms, kTimeout)->at_least);
    step.planned = 1000;
    step.ok = 900;
    EXPECT_TRUE(percentile(step, &LoadStep::p99_ms, kTimeout)->at_least);
}

TEST(Percentiles, NeedOneRequestBeyondThem) {
    const std::pair<double LatencySummary::*, std::uint64_t> kFewest[] = {
        {&LatencySummary::p50, 2},  {&LatencySummary::p75, 4},   {&LatencySummary::p90, 10},
        {&LatencySummary::p95, 20}, {&LatencySummary::p99, 100}, {&LatencySummary::p99_9, 1000}};
    for (const auto& [which, fewest] : kFewest) {
        EXPECT_FALSE(percentile(answered(fewest - 1, 0), which, kTimeout)) << fewest;
        EXPECT_TRUE(percentile(answered(fewest, 0), which, kTimeout)) << fewest;
    }
}

TEST(Percentiles, AreKnownUpToTheShareThatWasAnswered) {
    EXPECT_FALSE(percentile(answered(990, 10), &LatencySummary::p99, kTimeout)->at_least);
    EXPECT_TRUE(percentile(answered(989, 11), &LatencySummary::p99, kTimeout)->at_least);
}

TEST(Percentiles, BeyondThatAreNeverLessThanWhatWasSeen) {
    auto trial = answered(900, 100);
    const auto unknown = percentile(trial, &LatencySummary::p99, std::nullopt);
    EXPECT_TRUE(unknown->at_least);
    EXPECT_DOUBLE_EQ(unknown->ms, 4) << "the longest answer";
    trial.response_time_ms->p99 = 2500;
    EXPECT_DOUBLE_EQ(percentile(trial, &LatencySummary::p99, kTimeout)->ms, 2500);
}

TEST(Percentiles, OfAStepAreEachOfItsOwnShare) {
    LoadStep step;
    step.p50_ms = 5;
    step.p99_ms = 5;
    step.planned = 1000;
    step.ok = 900;
    EXPECT_FALSE(percentile(step, &LoadStep::p50_ms, kTimeout)->at_least);
    EXPECT_TRUE(percentile(step, &LoadStep::p99_ms, kTimeout)->at_least);
    step.ok = 1000;
    EXPECT_FALSE(percentile(step, &LoadStep::p99_ms, kTimeout)->at_least);
}

TEST(Losses, AreNoneWhereMoreWasAnsweredThanPlanned) {
    auto edited = answered(100, 0);
    edited.requests->ok = 120;
    EXPECT_EQ(lost_requests(edited), 0);
    EXPECT_FALSE(percentile(edited, &LatencySummary::p99, kTimeout)->at_least);
}

TEST(Summary, HasEachPercentileInItsPlace) {
    stats::Histogram times;
    for (int ms = 1; ms <= 1000; ++ms) {
        times.record(std::chrono::milliseconds(ms));
    }
    const auto summary = summarise(times);
    ASSERT_TRUE(summary);
    EXPECT_NEAR(summary->mean, 500.5, 0.6);
    EXPECT_NEAR(summary->p50, 500, 0.6);
    EXPECT_NEAR(summary->p75, 750, 0.9);
    EXPECT_NEAR(summary->p90, 900, 0.95);
    EXPECT_NEAR(summary->p95, 950, 0.98);
    EXPECT_NEAR(summary->p99, 990, 0.995);
    EXPECT_NEAR(summary->p99_9, 999, 0.9995);
    EXPECT_DOUBLE_EQ(summary->max, 1000);
    EXPECT_FALSE(summarise(stats::Histogram()));
}

}  // namespace
}  // namespace benchhost::results

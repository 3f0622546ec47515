// What was lost, and percentiles beside losses.
#include "core/results/losses.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace benchhost::results

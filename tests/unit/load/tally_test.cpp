#include "core/load/engine/tally.hpp"

#include "core/load/merge.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;

const Instant kStart{100s};

class TallyTest : public ::testing::Test {
  protected:
    // One request, planned and written `at` after the window's start, answered `took` later.
    void answer(Nanoseconds at, Nanoseconds took) {
        const Instant planned = kStart + at;
        tally->planned(planned);
        tally->sent({planned}, true, planned);
        tally->written(1, planned);
        tally->ok({planned, planned}, planned + took, 12);
    }
    LoadReport report() const {
        LoadReport result;
        tally->add_to(result);
        return result;
    }

    std::unique_ptr<Tally> tally = std::make_unique<Tally>();
};

TEST_F(TallyTest, ARequestBelongsToThePhaseOfItsPlannedTime) {
    tally->set_window(kStart, kStart + 2s);
    answer(-1ms, 5ms);    // planned in the warm-up, answered in the window
    answer(0ms, 5ms);     // the first of the window
    answer(1999ms, 5ms);  // planned in the window, answered in the drain
    answer(2s, 5ms);      // planned after it
    tally->finish(kStart + 3s);
    const LoadReport sum = report();
    EXPECT_EQ(sum.books.planned, 2U);
    EXPECT_EQ(sum.books.ok, 2U);
    EXPECT_TRUE(sum.books.balance());
    EXPECT_EQ(sum.response_time.count(), 2U);
    EXPECT_EQ(sum.connections.reused_requests, 2U);
}

TEST_F(TallyTest, TheLongestStayThatTheWindowsBeginningCutsIsKept) {
    tally->set_window(kStart, kStart + 2s);
    answer(-500ms, 400ms);  // over before it
    answer(700ms, 900ms);   // begun in it
    EXPECT_EQ(report().longest_cut_stay, 0ns);
    answer(-500ms, 800ms);
    EXPECT_EQ(report().longest_cut_stay, 300ms);
    answer(-500ms, 9s);  // only what lies in the window
    EXPECT_EQ(report().longest_cut_stay, 2s);
}

TEST_F(TallyTest, SecondsCountByTheTimeOfCompletionAndKeepTheEmptyOnes) {
    tally->set_window(kStart, kStart + 3500ms);
    answer(-1ms, 5ms);
    answer(100ms, 10ms);
    answer(900ms, 200ms);   // ends in the second second
    answer(3400ms, 50ms);   // in the half second at the end
    answer(3400ms, 200ms);  // in the drain
    tally->finish(kStart + 4s);
    const auto series = merge_series({&tally->seconds()});
    ASSERT_EQ(series.size(), 4U);
    EXPECT_EQ(series[0].ok, 2U);
    EXPECT_EQ(series[1].ok, 1U);
    EXPECT_EQ(series[2].ok, 0U);
    EXPECT_FALSE(series[2].p50.has_value());
    EXPECT_EQ(series[3].ok, 1U);
    EXPECT_NEAR(to_milliseconds(series[1].p50.value_or(0ns)), 200, 2) << "of its own answers";
    EXPECT_NEAR(to_milliseconds(series[1].p99.value_or(0ns)), 200, 2);
    EXPECT_NEAR(to_milliseconds(series[3].p99.value_or(0ns)), 50, 1);
}

TEST_F(TallyTest, SecondsOfSeveralThreadsAreMerged) {
    auto other = std::make_unique<Tally>();
    tally->set_window(kStart, kStart + 1s);
    other->set_window(kStart, kStart + 1s);
    answer(100ms, 10ms);
    other->sent({kStart}, false, kStart);
    other->written(1, kStart);
    other->ok({kStart, kStart}, kStart + 30ms, 12);
    tally->finish(kStart + 2s);
    other->finish(kStart + 2s);
    const auto series = merge_series({&tally->seconds(), &other->seconds()});
    ASSERT_EQ(series.size(), 1U);
    EXPECT_EQ(series[0].ok, 2U);
    EXPECT_NEAR(to_milliseconds(series[0].p50.value_or(0ns)), 10, 0.1);
    EXPECT_NEAR(to_milliseconds(series[0].p99.value_or(0ns)), 30, 0.3);
}

TEST_F(TallyTest, LateRequestsKeepResponseServiceAndLagApart) {
    tally->set_window(kStart, kStart + 1s);
    answer(0ms, 5ms);
    tally->planned(kStart);
    tally->sent({kStart}, false, kStart);
    tally->written(1, kStart + 20ms);
    tally->ok({kStart, kStart + 20ms}, kStart + 50ms, 12);
    const LoadReport sum = report();
    EXPECT_EQ(sum.response_time.count(), 2U);
    EXPECT_EQ(sum.response_time.max(), 50ms);
    EXPECT_EQ(sum.service_time.count(), 2U);
    EXPECT_EQ(sum.service_time.max(), 30ms);
    EXPECT_EQ(sum.send_lag.count(), 2U);
    EXPECT_EQ(sum.send_lag.min(), 0ns);
    EXPECT_EQ(sum.send_lag.max(), 20ms);
}

TEST_F(TallyTest, FailuresStayOutOfTheLatencies) {
    tally->set_window(kStart, kStart + 1s);
    tally->planned(kStart);
    tally->sent({kStart}, false, kStart);
    tally->written(1, kStart);
    EXPECT_TRUE(tally->failed(model::FailureClass::timeout, {kStart, kStart}, kStart + 300ms));
    tally->set_example(model::FailureClass::timeout, "nothing came");
    tally->planned(kStart);
    tally->sent({kStart}, false, kStart);
    tally->written(1, kStart);
    EXPECT_FALSE(tally->failed(model::FailureClass::timeout, {kStart, kStart}, kStart + 300ms));
    const LoadReport sum = report();
    EXPECT_TRUE(sum.response_time.empty());
    EXPECT_EQ(sum.failed_time.count(), 2U);
    EXPECT_EQ(sum.failures.count(model::FailureClass::timeout), 2U);
    EXPECT_EQ(sum.failures.example(model::FailureClass::timeout), "nothing came");
    EXPECT_TRUE(sum.books.balance());
}

TEST_F(TallyTest, AFailureIsOfThePlanAndOfTheEndApart) {
    tally->set_window(kStart, kStart + 1s);
    // Of the warm-up, and it dies in the window.
    tally->sent({kStart - 1s}, false, kStart - 1s);
    tally->written(1, kStart - 1s);
    EXPECT_TRUE(
        tally->failed(model::FailureClass::timeout, {kStart - 1s, kStart - 1s}, kStart + 300ms));
    tally->set_example(model::FailureClass::timeout, "nothing came");
    // Of the window, and it dies after it.
    tally->planned(kStart + 900ms);
    tally->sent({kStart + 900ms}, false, kStart + 900ms);
    tally->written(1, kStart + 900ms);
    EXPECT_TRUE(tally->failed(model::FailureClass::bad_body, {kStart + 900ms, kStart + 900ms},
                              kStart + 2s));
    tally->finish(kStart + 3s);
    const auto sum = report();
    EXPECT_EQ(sum.books.failed, 1U);
    EXPECT_EQ(sum.failures.count(model::FailureClass::bad_body), 1U);
    EXPECT_EQ(sum.ended.failed, 1U);
    EXPECT_EQ(sum.ended_failures.count(model::FailureClass::timeout), 1U);
    EXPECT_EQ(sum.ended_failures.example(model::FailureClass::timeout), "nothing came");
    EXPECT_EQ(sum.ended.under_way_at_start, 1U);
    EXPECT_EQ(sum.ended.begun, 1U);
    EXPECT_EQ(sum.ended.under_way_at_end, 1U);
    EXPECT_EQ(sum.ended.throughout, 0U);
    EXPECT_TRUE(sum.ended.balance());
    EXPECT_EQ(sum.failed_in_flight, 400ms) << "the first 300 ms and the last 100";
}

TEST_F(TallyTest, WhatOutlastsTheWindowIsNamedAndExplainsNothing) {
    tally->set_window(kStart, kStart + 1s);
    answer(-500ms, 2s);
    tally->sent({kStart - 1s}, false, kStart - 1s);
    tally->written(1, kStart - 1s);
    (void)tally->failed(model::FailureClass::timeout, {kStart - 1s, kStart - 1s}, kStart + 1s);
    answer(100ms, 5ms);
    tally->finish(kStart + 3s);
    const auto sum = report();
    EXPECT_EQ(sum.ended.throughout, 2U);
    EXPECT_EQ(sum.ended.ok, 1U);
    EXPECT_EQ(sum.ended.failed, 0U);
    EXPECT_EQ(sum.failed_in_flight, 0ns);
    EXPECT_TRUE(sum.ended.balance());
}

TEST_F(TallyTest, ARequestThatWasNotEndedUnbalancesTheBooks) {
    tally->set_window(kStart, kStart + 1s);
    answer(100ms, 5ms);
    tally->sent({kStart + 200ms}, false, kStart + 200ms);
    tally->finish(kStart + 3s);
    EXPECT_FALSE(report().ended.balance());
}

TEST_F(TallyTest, ARequestThatIsAskedAgainIsOneAndLeavesTheWireMeanwhile) {
    tally->set_window(kStart, kStart + 1s);
    tally->planned(kStart);
    tally->sent({kStart}, true, kStart);
    tally->written(1, kStart);
    tally->asked_again({kStart, kStart}, kStart + 100ms);
    tally->written(1, kStart + 200ms);
    tally->ok({kStart, kStart + 200ms}, kStart + 500ms, 12);
    tally->finish(kStart + 2s);
    const auto sum = report();
    EXPECT_EQ(sum.connections.asked_again, 1U);
    EXPECT_EQ(sum.books.ok, 1U);
    EXPECT_TRUE(sum.books.balance());
    EXPECT_TRUE(sum.ended.balance());
    EXPECT_DOUBLE_EQ(tally->in_flight_seconds(), 0.4);
    EXPECT_EQ(sum.service_time.max(), 300ms);
}

TEST_F(TallyTest, InFlightIsAveragedOverTheWindowOnly) {
    tally->set_window(kStart, kStart + 2s);
    tally->sent({kStart - 5s}, false, kStart - 5s);
    tally->written(1, kStart - 5s);  // in flight the whole time
    tally->sent({kStart + 500ms}, false, kStart + 500ms);
    tally->written(1, kStart + 500ms);
    tally->ok({kStart + 500ms, kStart + 500ms}, kStart + 1s, 12);
    tally->ok({kStart - 5s, kStart - 5s}, kStart + 4s, 12);
    tally->finish(kStart + 5s);
    EXPECT_NEAR(tally->in_flight_seconds(), 2.5, 1e-9);
}

TEST_F(TallyTest, TheWindowCanBeCutShort) {
    tally->set_window(kStart, kStart + 10s);
    answer(100ms, 10ms);
    EXPECT_EQ(tally->end_early(kStart + 1500ms, kStart + 1300ms), kStart + 1500ms);
    answer(1400ms, 10ms);
    answer(1600ms, 10ms);
    tally->finish(kStart + 3s);
    EXPECT_EQ(report().books.ok, 2U);
    EXPECT_EQ(merge_series({&tally->seconds()}).size(), 2U);
}

TEST_F(TallyTest, AThreadThatHearsOfTheEndTooLateKeepsItsBooks) {
    tally->set_window(kStart, kStart + 10s);
    const Instant planned = kStart + 1400ms;
    tally->planned(planned);
    tally->sent({planned}, true, planned);
    tally->written(1, planned);
    const Instant heard = kStart + 1500ms;
    EXPECT_EQ(tally->end_early(kStart + 1s, heard), heard);
    EXPECT_EQ(tally->end_early(kStart + 1s, heard + 1ms), heard);
    tally->ok({planned, planned}, kStart + 1600ms, 12);
    tally->finish(kStart + 3s);
    EXPECT_EQ(report().books.ok, 1U);
    EXPECT_TRUE(report().books.balance());
    EXPECT_EQ(merge_series({&tally->seconds()}).size(), 2U);
}

TEST_F(TallyTest, SecondsThatAreOverAreNotBegunAnew) {
    tally->set_window(kStart, kStart + 3s);
    answer(100ms, 10ms);
    tally->close_seconds(kStart + 4s);
    EXPECT_EQ(tally->end_early(kStart + 2s, kStart + 4s), kStart + 3s);
    tally->finish(kStart + 5s);
    EXPECT_EQ(merge_series({&tally->seconds()}).size(), 3U);
}

}  // namespace
}  // namespace benchhost::load

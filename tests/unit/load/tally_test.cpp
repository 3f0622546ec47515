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
        tally->sent(planned, true);
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
    EXPECT_NEAR(to_milliseconds(series[1].p99.value_or(0ns)), 200, 2);
    EXPECT_NEAR(to_milliseconds(series[3].p99.value_or(0ns)), 50, 1);
}

TEST_F(TallyTest, SecondsOfSeveralThreadsAreMerged) {
    auto other = std::make_unique<Tally>();
    tally->set_window(kStart, kStart + 1s);
    other->set_window(kStart, kStart + 1s);
    answer(100ms, 10ms);
    other->sent(kStart, false);
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
    tally->sent(kStart, false);
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
    tally->sent(kStart, false);
    tally->written(1, kStart);
    EXPECT_TRUE(tally->failed(model::FailureClass::timeout, {kStart, kStart}, kStart + 300ms));
    tally->set_example(model::FailureClass::timeout, kStart, "nothing came");
    tally->planned(kStart);
    tally->sent(kStart, false);
    tally->written(1, kStart);
    EXPECT_FALSE(tally->failed(model::FailureClass::timeout, {kStart, kStart}, kStart + 300ms));
    const LoadReport sum = report();
    EXPECT_TRUE(sum.response_time.empty());
    EXPECT_EQ(sum.failed_time.count(), 2U);
    EXPECT_EQ(sum.failures.count(model::FailureClass::timeout), 2U);
    EXPECT_EQ(sum.failures.example(model::FailureClass::timeout), "nothing came");
    EXPECT_TRUE(sum.books.balance());
}

TEST_F(TallyTest, FailuresOfTheWarmUpAreKeptApart) {
    tally->set_window(kStart, kStart + 1s);
    tally->sent(kStart - 1s, false);
    tally->written(1, kStart - 1s);
    (void)tally->failed(model::FailureClass::bad_body, {kStart - 1s, kStart - 1s}, kStart + 1ms);
    EXPECT_EQ(report().books.failed, 0U);
    EXPECT_EQ(tally->failures_outside().count(model::FailureClass::bad_body), 1U);
}

TEST_F(TallyTest, InFlightIsAveragedOverTheWindowOnly) {
    tally->set_window(kStart, kStart + 2s);
    tally->sent(kStart - 5s, false);
    tally->written(1, kStart - 5s);  // in flight the whole time
    tally->sent(kStart + 500ms, false);
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
    tally->sent(planned, true);
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

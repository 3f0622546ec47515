// Each line of the books, each in the window and beside it.
#include "core/load/engine/tally.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;
using model::FailureClass;

const Instant kWindowBegin{50s};

/// A window of two seconds.
class TallyBooks : public ::testing::Test {
  protected:
    void SetUp() override { tally->set_window(kWindowBegin, kWindowBegin + 2s); }

    static Instant at(Nanoseconds time) { return kWindowBegin + time; }
    /// Planned, handed to a connection and written at once.
    Request ask(Nanoseconds time, bool reused_connection = true) {
        tally->planned(at(time));
        tally->sent({at(time)}, reused_connection, at(time));
        tally->written(1, at(time));
        return {at(time), at(time)};
    }
    void answer(Nanoseconds asked, Nanoseconds answered) {
        tally->ok(ask(asked), at(answered), 12);
    }
    LoadReport finished() {
        tally->finish(at(4s));
        LoadReport report;
        tally->add_to(report);
        return report;
    }

    std::unique_ptr<Tally> tally = std::make_unique<Tally>();
};

TEST_F(TallyBooks, WhatWasDueAndNotSentIsShedOrUnsent) {
    for (const auto time : {-1ms, 0ms, 1ms, 2ms, 2000ms}) {
        tally->planned(at(time));
    }
    for (const auto time : {-1ms, 0ms, 2000ms}) {
        tally->shed({at(time)});
    }
    for (const auto time : {-1ms, 1ms, 2ms, 2000ms}) {
        tally->unsent({at(time)});
    }
    const auto report = finished();
    EXPECT_EQ(report.books.planned, 3U);
    EXPECT_EQ(report.books.shed, 1U);
    EXPECT_EQ(report.books.unsent, 2U);
    EXPECT_EQ(report.books.sent, 0U);
    EXPECT_TRUE(report.books.balance());
}

TEST_F(TallyBooks, OnlyTheWindowsRequestsOnAConnectionThatHadOneReuseIt) {
    for (const auto& request : {ask(-1ms, true), ask(0ms, false), ask(1ms, true)}) {
        tally->ok(request, at(10ms), 0);
    }
    const auto report = finished();
    EXPECT_EQ(report.connections.reused_requests, 1U);
    EXPECT_EQ(report.books.sent, 2U);
}

TEST_F(TallyBooks, ARequestIsUnderWayFromTheMomentItIsHandedOver) {
    tally->planned(at(-100ms));
    tally->sent({at(-100ms)}, true, at(100ms));  // it had to wait for a connection
    tally->written(1, at(100ms));
    tally->ok({at(-100ms), at(100ms)}, at(200ms), 0);
    const auto report = finished();
    EXPECT_EQ(report.ended.under_way_at_start, 0U);
    EXPECT_EQ(report.ended.begun, 1U);
    EXPECT_EQ(report.ended.ok, 1U);
    EXPECT_EQ(report.books.ok, 0U);
    EXPECT_TRUE(report.ended.balance());
    EXPECT_EQ(report.longest_cut_stay, 0ns) << "it was written in the window";
}

TEST_F(TallyBooks, AnAnswerCountsByItsEnd) {
    answer(-300ms, -100ms);
    answer(-200ms, 100ms);
    answer(500ms, 600ms);
    answer(1900ms, 2100ms);
    answer(2100ms, 2200ms);
    const auto report = finished();
    EXPECT_EQ(report.ended.under_way_at_start, 1U);
    EXPECT_EQ(report.ended.begun, 2U);
    EXPECT_EQ(report.ended.ok, 2U);
    EXPECT_EQ(report.ended.under_way_at_end, 1U);
    EXPECT_EQ(report.ended.throughout, 0U);
    EXPECT_TRUE(report.ended.balance());
    EXPECT_EQ(report.books.ok, 2U);
}

TEST_F(TallyBooks, BytesAreOfTheWindowsRequests) {
    for (const auto time : {-1ms, 0ms, 2000ms}) {
        tally->received(100, at(time));
    }
    answer(-5ms, 5ms);
    answer(5ms, 15ms);
    const auto report = finished();
    EXPECT_EQ(report.bytes.received, 100U);
    EXPECT_EQ(report.bytes.body, 12U);
}

TEST_F(TallyBooks, AFailureHasItsSecondAndItsTimeFromThePlan) {
    tally->planned(at(0ms));
    tally->sent({at(0ms)}, true, at(0ms));
    tally->written(1, at(200ms));
    (void)tally->failed(FailureClass::timeout, {at(0ms), at(200ms)}, at(1200ms));
    const auto report = finished();
    EXPECT_EQ(report.failed_time.max(), 1200ms);
    EXPECT_EQ(report.failed_in_flight, 1s);
    ASSERT_EQ(tally->seconds().size(), 2U);
    EXPECT_EQ(tally->seconds()[0].failed, 0U);
    EXPECT_EQ(tally->seconds()[1].failed, 1U);
    EXPECT_EQ(tally->live().failed.load(), 1U);
}

TEST_F(TallyBooks, AnAnswerOnTheBorderOfTwoSecondsIsOfTheLater) {
    answer(100ms, 200ms);  // the first second has begun
    answer(900ms, 1000ms);
    (void)finished();
    ASSERT_EQ(tally->seconds().size(), 2U);
    EXPECT_EQ(tally->seconds()[0].ok, 1U);
    EXPECT_EQ(tally->seconds()[1].ok, 1U);
}

TEST_F(TallyBooks, ARequestThatNeverGotAConnectionWasNeverOnTheWire) {
    const auto written = ask(0ms);
    tally->sent({at(0ms)}, false, at(0ms));
    (void)tally->failed(FailureClass::connect_refused, {at(0ms), kNever}, at(500ms));
    tally->sent({at(0ms)}, false, at(0ms));
    tally->asked_again({at(0ms), kNever}, at(600ms));
    tally->ok(written, at(1000ms), 0);
    const auto report = finished();
    EXPECT_DOUBLE_EQ(tally->in_flight_seconds(), 1);
    EXPECT_EQ(report.failed_in_flight, 0ns);
}

TEST_F(TallyBooks, WhatIsOnTheWireToTheEndIsSoToTheEndOfTheWindow) {
    (void)ask(500ms);
    (void)finished();
    EXPECT_DOUBLE_EQ(tally->in_flight_seconds(), 1.5);
}

TEST_F(TallyBooks, EachAccountAsksForTheFirstExampleOfAClass) {
    EXPECT_TRUE(tally->failed(FailureClass::timeout, ask(1900ms), at(2100ms))) << "by plan";
    EXPECT_TRUE(tally->failed(FailureClass::timeout, ask(100ms), at(300ms))) << "by end";
    EXPECT_FALSE(tally->failed(FailureClass::timeout, ask(100ms), at(300ms)));
}

TEST_F(TallyBooks, TheUnfinishedAreOfTheWindowsPlan) {
    tally->unfinished(ask(1900ms), at(4s));
    tally->unfinished(ask(-100ms), at(4s));
    const auto report = finished();
    EXPECT_EQ(report.books.sent, 1U);
    EXPECT_EQ(report.books.unfinished, 1U);
    EXPECT_TRUE(report.books.balance());
    EXPECT_EQ(report.ended.under_way_at_start, 1U);
    EXPECT_EQ(report.ended.under_way_at_end, 2U);
    EXPECT_EQ(report.ended.throughout, 1U);
    EXPECT_TRUE(report.ended.balance());
    EXPECT_EQ(report.failed_in_flight, 100ms) << "who outlasts the window explains nothing";
}

TEST_F(TallyBooks, AStayThatTheWindowCutsEndsWhenTheRequestIsAskedAgain) {
    const auto request = ask(-500ms);
    tally->asked_again(request, at(200ms));
    tally->written(1, at(300ms));
    tally->ok({request.planned, at(300ms)}, at(900ms), 0);
    const auto report = finished();
    EXPECT_EQ(report.longest_cut_stay, 200ms);
    EXPECT_EQ(report.connections.asked_again, 1U);
}

TEST_F(TallyBooks, ConnectionsAreCountedByWhatCameOfThem) {
    for (const bool answered : {true, false, false}) {
        tally->opened();
        tally->asked(answered);
    }
    tally->closed_by_server();
    tally->closed_by_server();
    tally->unasked_bytes();
    const auto report = finished();
    EXPECT_EQ(report.connections.opened, 3U);
    EXPECT_EQ(report.connections.asked, 3U);
    EXPECT_EQ(report.connections.never_answered, 2U);
    EXPECT_EQ(report.connections.closed_by_server, 2U);
    EXPECT_EQ(tally->unasked(), 1U);
}

TEST_F(TallyBooks, TheLongestLagIsOfTheWindow) {
    tally->loop_lag(50ms, at(-1ms));
    tally->loop_lag(5ms, at(0ms));
    tally->loop_lag(3ms, at(1s));
    tally->loop_lag(60ms, at(2s));
    EXPECT_EQ(finished().client.max_loop_lag, 5ms);
}

TEST_F(TallyBooks, TheLongestAbsenceReachesIntoTheWindow) {
    tally->absence(50ms, at(-1ms), true);
    tally->absence(5ms, at(0ms), false);
    tally->absence(7ms, at(2006ms), false);
    EXPECT_EQ(finished().client.longest_absence, 7ms) << "it was away at the end of the window";
    tally->absence(60ms, at(2060ms), false);
    EXPECT_EQ(finished().client.longest_absence, 7ms) << "which was over before";
    tally->absence(8ms, at(2060ms), true);
    EXPECT_EQ(finished().client.longest_absence, 8ms) << "answers to the window were due";
}

TEST_F(TallyBooks, TheShortestRoundTripIsThatOfTheRun) {
    EXPECT_FALSE(finished().round_trip);
    tally->round_trip(std::nullopt);
    EXPECT_FALSE(finished().round_trip);
    for (const auto took : {21ms, 20ms, 25ms}) {
        tally->round_trip(took);
    }
    tally->round_trip(std::nullopt);
    EXPECT_EQ(finished().round_trip, 20ms);
}

TEST_F(TallyBooks, TheProgressLineCountsFromTheStartOfTheRun) {
    answer(-1s, -900ms);
    tally->answered();
    EXPECT_EQ(tally->live().ok.load(), 1U);
    EXPECT_EQ(tally->live().answers.load(), 1U);
    EXPECT_EQ(tally->live().response_time.count(LiveLatency::bucket_of(100ms)), 1U);
}

TEST_F(TallyBooks, AWindowThatIsCutWithinASecondEndsWithIt) {
    answer(1100ms, 1200ms);
    tally->end_early(at(1500ms), at(1300ms));
    (void)finished();
    EXPECT_EQ(tally->seconds().size(), 2U);
}

}  // namespace
}  // namespace benchhost::load

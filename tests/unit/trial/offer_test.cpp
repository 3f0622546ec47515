// Whether all came back in time that a window asked for.
#include "core/trial/offer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

/// `count` were due in the window and answered rightly, each after `wait`.
load::LoadReport answered(std::uint64_t count, Nanoseconds wait, Nanoseconds window) {
    load::LoadReport report;
    report.duration = window;
    report.books = {count, count, 0, 0, count, 0, 0};
    report.response_time.record(wait, count);
    report.service_time = report.response_time;
    return report;
}

TEST(Offer, WhoWasBehindBeforeTheWindowBeganIsBehindInIt) {
    // On 64 connections 850 a second are answered; the rest of 1,000 waits longer and longer.
    const model::OpenLoop constant{1000, model::Arrivals::constant, {}, 64};
    auto report = answered(1000, milliseconds(75), seconds(1));
    report.response_time.clear();
    report.response_time.record(milliseconds(200), 500);
    report.response_time.record(milliseconds(350), 500);
    report.ended = {64, 850, 850, 0, 64, 0};
    EXPECT_THAT(why_fell_short(report, constant).value_or(""), HasSubstr("fell behind"));
}

TEST(Offer, ARequestThatTheEndOfTheWindowCutsIsNoBacklog) {
    const model::OpenLoop constant{2, model::Arrivals::constant, {}, 64};
    auto report = answered(20, milliseconds(1), seconds(10));
    report.ended = {0, 20, 19, 0, 1, 0};
    EXPECT_EQ(why_fell_short(report, constant), std::nullopt);
    report.ended = {0, 20, 17, 0, 3, 0};
    EXPECT_TRUE(why_fell_short(report, constant));
}

TEST(Offer, MoreMayBeUnderWayAfterTheRateHasRisen) {
    const model::OpenLoop stages{500, model::Arrivals::constant, {{4000, seconds(1)}}, 1000};
    auto report = answered(2250, milliseconds(100), seconds(1));
    report.ended = {50, 2250, 1918, 0, 382, 0};
    EXPECT_EQ(why_fell_short(report, stages), std::nullopt);
    report.ended = {50, 2250, 1700, 0, 600, 0};
    EXPECT_THAT(why_fell_short(report, stages).value_or(""), HasSubstr("fell behind"));
}

TEST(Offer, UsersWhoBeganTogetherAreNotMissedBetweenTwoRequests) {
    // They all asked just before the window, and think longer than it is.
    const model::VirtualUsers users{1000, 10'000, {milliseconds(600), milliseconds(1000)}};
    auto report = answered(240, milliseconds(1), milliseconds(500));
    report.ended = {180, 240, 420, 0, 0, 0};
    EXPECT_EQ(why_fell_short(report, users), std::nullopt);
}

}  // namespace
}  // namespace benchhost::trial

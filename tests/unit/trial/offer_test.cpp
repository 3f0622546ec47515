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

TEST(Offer, TheLeastShareThatHasToBeAnsweredIs97Percent) {
    const model::VirtualUsers users{1000, 10'000, {milliseconds(600), milliseconds(1000)}};
    auto report = answered(10'000, milliseconds(1), seconds(10));
    report.books = {10'000, 10'000, 0, 0, 9'700, 300, 0};
    EXPECT_EQ(why_fell_short(report, users), std::nullopt);
    report.books = {10'000, 10'000, 0, 0, 9'699, 301, 0};
    EXPECT_THAT(why_fell_short(report, users).value_or(""), HasSubstr("9699 of 10000"));
}

TEST(Offer, ThreePercentMayQueue) {
    const model::OpenLoop constant{1000, model::Arrivals::constant, {}, 64};
    auto report = answered(10'000, milliseconds(1), seconds(10));
    report.ended = {0, 10'000, 9'700, 0, 300, 0};
    EXPECT_EQ(why_fell_short(report, constant), std::nullopt);
    report.ended = {0, 10'000, 9'690, 0, 310, 0};
    EXPECT_THAT(why_fell_short(report, constant).value_or(""), HasSubstr("fell behind"));
}

/// 1,000 requests/s for a second on enough connections, each answered after 100 ms, and as many
/// under way at the start as is usual. `late` more are at the end.
bool is_behind(model::Arrivals arrivals, std::uint64_t late) {
    const model::OpenLoop load{1000, arrivals, {}, 1000};
    auto report = answered(1000, milliseconds(100), seconds(1));
    report.ended = {100, 1000, 1000 - late, 0, 100 + late, 0};
    return why_fell_short(report, load).has_value();
}

TEST(Offer, MoreByChanceThanThreeDeviationsIsNoChance) {
    // 100 are under way on average, so that 30 more are three deviations.
    EXPECT_FALSE(is_behind(model::Arrivals::poisson, 60));
    EXPECT_TRUE(is_behind(model::Arrivals::poisson, 63));
    EXPECT_FALSE(is_behind(model::Arrivals::constant, 30));
    EXPECT_TRUE(is_behind(model::Arrivals::constant, 60)) << "a schedule without chance has none";
}

/// 1,000 requests/s for a second that began without warm-up: 130 are under way at the end.
bool is_behind_at_first(Nanoseconds least, Nanoseconds most) {
    const model::OpenLoop load{1000, model::Arrivals::constant, {}, 1000};
    load::LoadReport report;
    report.duration = seconds(1);
    report.books = {1000, 1000, 0, 0, 1000, 0, 0};
    report.service_time.record(least, 500);
    report.service_time.record(most, 500);
    report.response_time = report.service_time;
    report.ended = {0, 1000, 870, 0, 130, 0};
    return why_fell_short(report, load).has_value();
}

TEST(Offer, TheFirstAnswersMayBeAwaitedWhereAllTakeAsLong) {
    EXPECT_FALSE(is_behind_at_first(milliseconds(100), milliseconds(130)));
    EXPECT_TRUE(is_behind_at_first(milliseconds(100), milliseconds(150)))
        << "where some take longer, they queue";
}

TEST(Offer, NoMoreAreUnderWayThanThereAreConnections) {
    const model::OpenLoop constant{1000, model::Arrivals::constant, {}, 10};
    auto report = answered(1000, milliseconds(100), seconds(1));
    report.ended = {0, 1000, 940, 0, 60, 0};
    EXPECT_THAT(why_fell_short(report, constant).value_or(""), HasSubstr("fell behind"));
}

TEST(Offer, WhatFailedIsOverAndWaitsForNothing) {
    const model::OpenLoop constant{1000, model::Arrivals::constant, {}, 64};
    auto report = answered(1000, milliseconds(1), seconds(1));
    report.books = {1000, 1000, 0, 0, 975, 25, 0};
    report.ended = {20, 1000, 960, 40, 20, 0};
    EXPECT_EQ(why_fell_short(report, constant), std::nullopt);
}

}  // namespace
}  // namespace benchhost::trial

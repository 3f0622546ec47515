// Figures that cannot all be true.
#include "core/results/contradiction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::results {
namespace {

using testing::HasSubstr;

ProfileInfo closed(std::uint32_t connections) {
    ProfileInfo profile;
    profile.load = model::TrialLoad(model::ClosedLoop{connections});
    return profile;
}

Trial with(double rate, const LatencySummary& times) {
    Trial trial;
    trial.outcome = model::Outcome::ok;
    trial.requests_per_s = rate;
    trial.response_time_ms = times;
    return trial;
}

constexpr LatencySummary kTimes{1.55, 1.5, 1.6, 1.7, 1.8, 2.19, 3, 9};

TEST(Contradiction, OfARateAndTimesThatConnectionsCannotMake) {
    EXPECT_FALSE(contradiction(with(330'000, kTimes), closed(512)));
    const auto too_few = contradiction(with(148'906, kTimes), closed(512));
    ASSERT_TRUE(too_few);
    EXPECT_THAT(*too_few, HasSubstr("a mean of 3.438 ms"));
    EXPECT_TRUE(contradiction(with(900'000, kTimes), closed(512)))
        << "they cannot have answered so many in these times either";
}

TEST(Contradiction, OfConnectionsThatWereNeverServedInAnOlderFile) {
    const LatencySummary quick{0.75, 0.73, 0.8, 0.9, 1, 1.15, 1.5, 3};
    EXPECT_TRUE(contradiction(with(8'030, quick), closed(64)));
}

TEST(Contradiction, IsNotLookedForWhereOtherTimePasses) {
    auto lossy = with(148'906, kTimes);
    lossy.requests = Requests{};
    lossy.requests->planned = lossy.requests->sent = 100;
    lossy.requests->ok = 99;
    EXPECT_FALSE(contradiction(lossy, closed(512)));
    auto opening = closed(512);
    opening.keep_alive = false;
    EXPECT_FALSE(contradiction(with(148'906, kTimes), opening));
    auto users = closed(512);
    users.load = model::TrialLoad(model::VirtualUsers{});
    EXPECT_FALSE(contradiction(with(148'906, kTimes), users));
    auto brief = with(148'906, kTimes);
    brief.duration_s = 0.05;
    EXPECT_FALSE(contradiction(brief, closed(512)));
    auto named = closed(512);
    named.load = "closed";
    EXPECT_FALSE(contradiction(with(148'906, kTimes), named));
}

// A server, or a generator, that had no processor when the window began.
TEST(Contradiction, IsNoneWhereAllWereUnderWayForHalfOfTheWindow) {
    const LatencySummary quick{0.26, 0.0328, 0.05, 0.2, 1.1, 1.891, 6, 8.639};
    auto stalled = with(15'223, quick);
    stalled.duration_s = 1;
    EXPECT_TRUE(contradiction(stalled, closed(8)));
    stalled.longest_cut_stay_ms = 500;
    EXPECT_FALSE(contradiction(stalled, closed(8)));
    stalled.longest_cut_stay_ms = 50;
    EXPECT_TRUE(contradiction(stalled, closed(8)));
}

TEST(Contradiction, CountsARequestOnEachPlaceOfAPipeline) {
    auto pipelined = closed(64);
    pipelined.pipeline = 8;
    EXPECT_FALSE(contradiction(with(330'000, kTimes), pipelined));
}

TEST(Contradiction, OfPercentilesThatFall) {
    auto times = kTimes;
    times.p99 = 1;
    EXPECT_THAT(contradiction(with(1, times), {}).value_or(""), HasSubstr("above a higher one"));
}

TEST(Contradiction, OneLongAnswerMayMakeTheMeanLongerThanThe99th) {
    auto times = kTimes;
    times.max = 2'500;
    EXPECT_FALSE(contradiction(with(148'906, times), closed(512)));
}

}  // namespace
}  // namespace benchhost::results

// What readings prove, and what they leave open: each rule with readings that no machine has to
// give.
#include "core/conformance/evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

namespace benchhost::conformance {
namespace {

using machine::rest_between;
using machine::RestReading;
using machine::ThreadTimes;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr auto kWindow = milliseconds(400);

struct Thread {
    Nanoseconds ran{};
    Nanoseconds waited{};
    std::uint64_t sleeps = 0;
    bool awake = false;
};
constexpr bool kAwake = true;

/// A look at threads that began with nothing, and as awake as they ended.
ThreadTimes look(const std::vector<Thread>& threads) {
    ThreadTimes times;
    for (const auto& thread : threads) {
        times[static_cast<pid_t>(times.size())] = {"", thread.ran, thread.waited, thread.sleeps,
                                                   thread.awake};
    }
    return times;
}
ThreadTimes look_before(std::vector<Thread> threads) {
    for (auto& thread : threads) {
        thread.ran = thread.waited = {};
        thread.sleeps = 0;
    }
    return look(threads);
}

RestReading rest(const std::vector<Thread>& threads) {
    Nanoseconds cpu{};
    for (const auto& thread : threads) {
        cpu += thread.ran;
    }
    return rest_between(look_before(threads), look(threads), cpu, kWindow);
}

/// Of windows that all were like the whole.
Finding judge_all_like(const RestReading& reading) {
    return judge_rest(std::vector<RestReading>(6, reading), reading);
}

TEST(Rest, IsWhatASleepingServerDoes) {
    const auto finding = judge_all_like(rest({{milliseconds(2), {}, 4}, {}}));
    EXPECT_EQ(finding.grade, Grade::pass);
    EXPECT_EQ(finding.why, "0.5 % of a processor without a request");
}

TEST(Rest, IsTheCalmestWindow) {
    const auto clearing_up = rest({{milliseconds(300), {}, 9}});
    const auto some = rest({{milliseconds(40), {}, 9}});
    const auto none = rest({{milliseconds(1), {}, 1}});
    EXPECT_EQ(judge_rest({clearing_up, clearing_up, none}, clearing_up).grade, Grade::pass);
    EXPECT_EQ(judge_rest({clearing_up, some}, clearing_up).grade, Grade::warn);
    EXPECT_EQ(judge_rest({clearing_up, clearing_up}, clearing_up).grade, Grade::fail);
}

// One thread spins all the time, and others leave it 17 % of a processor, in one window nothing:
// the kernel tells of a wait when it is over.
TEST(Rest, IsNotWhatASpinningServerDoesThatGetsLittleOfABusyMachine) {
    const auto whole = rest({{milliseconds(68), milliseconds(325), 0, kAwake}, {}});
    const auto starved = rest({{milliseconds(1), {}, 0, kAwake}, {}});
    EXPECT_NEAR(whole.ran, 0.17, 1e-9);
    EXPECT_NEAR(whole.least, 1, 1e-9);
    EXPECT_NEAR(starved.least, 0.0025, 1e-9);
    EXPECT_NEAR(starved.most, 1, 1e-9);
    const auto finding = judge_rest({whole, starved, whole, whole, whole, whole}, whole);
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.why, HasSubstr("100.0 % of a processor without a request (others left it "
                                       "17.0 %): it spins"));
}

TEST(Rest, CannotBeToldOfOneThatOthersKeepWaiting) {
    // It wakes up now and then, does little and has to wait for it most of the time.
    const auto finding = judge_all_like(rest({{milliseconds(8), milliseconds(380), 40}}));
    EXPECT_EQ(finding.grade, Grade::warn);
    EXPECT_THAT(finding.why,
                HasSubstr("cannot tell on this machine: 2.0 % of a processor without a "
                          "request, and up to 40.0 %"));
    // Waits that leave it room enough to sleep change nothing.
    EXPECT_EQ(judge_all_like(rest({{milliseconds(4), milliseconds(200), 40}})).grade, Grade::pass);
}

TEST(Rest, NeedsNoMoreThanTheProcessorTimeWhereTheKernelTellsNoThreads) {
    const auto reading = rest_between({}, {}, milliseconds(200), kWindow);
    EXPECT_EQ(reading.least, 0.5);
    EXPECT_EQ(reading.most, 0.5);
    EXPECT_EQ(judge_rest({}, {}).grade, Grade::warn);
}

TEST(Rest, CountsAThreadThatHasJustWokenUpForWhatItRan) {
    // It slept most of the window and was at work when it ended.
    const auto begin = look({{{}, {}, 3}});
    const auto end = look({{milliseconds(40), {}, 3, kAwake}});
    EXPECT_NEAR(rest_between(begin, end, milliseconds(40), kWindow).least, 0.1, 1e-9);
    // Woken up long ago, and hardly served since: that it never slept proves nothing.
    EXPECT_NEAR(rest({{milliseconds(1), milliseconds(399), 0, kAwake}}).least, 0.0025, 1e-9);
}

TEST(LackOfProcessor, IsToldOfThreadsThatWaitedMostOfTheTime) {
    const auto lack = [](std::vector<Thread> threads) {
        return lack_of_processor(look_before(threads), look(threads), seconds(5));
    };
    EXPECT_FALSE(lack({{milliseconds(3), milliseconds(2)}})) << "it slept: it hangs";
    EXPECT_FALSE(lack({{seconds(2), seconds(3)}})) << "two seconds of work are enough";
    const auto starved = lack({{milliseconds(100), seconds(2)}, {{}, seconds(1)}});
    ASSERT_TRUE(starved);
    EXPECT_EQ(*starved, "its threads waited 3.0 s for a processor and had one for 0.1 s of 5.0 s");
    EXPECT_FALSE(lack_of_processor({}, {}, seconds(5))) << "nothing is known of it";
    EXPECT_FALSE(lack_of_processor({}, look({{{}, seconds(4)}}), seconds(5)))
        << "it began somewhere in between";
}

/// `count` differences around `centre`.
std::vector<double> around(double centre, double deviation, std::size_t count) {
    std::mt19937_64 random(7);
    std::normal_distribution<double> noise(centre, deviation);
    std::vector<double> differences(count);
    std::generate(differences.begin(), differences.end(), [&] { return noise(random); });
    return differences;
}

TEST(Centre, IsOnOneSideOfTheBorderOrUnclear) {
    using Side = Centre::Side;
    EXPECT_EQ(centre_against(around(100, 5, 12), 20).side, Side::above);
    EXPECT_EQ(centre_against(around(0, 5, 12), 20).side, Side::below);
    EXPECT_EQ(centre_against(around(20, 5, 48), 20).side, Side::unclear);
    EXPECT_EQ(centre_against(around(0, 200, 12), 20).side, Side::unclear);
    EXPECT_EQ(centre_against(around(100, 1, 10), 20).side, Side::unclear) << "too few to tell";
    EXPECT_EQ(centre_against({}, 20).side, Side::unclear);
}

// A good server that needed 75 us less for JSON than for text, in one reading of a noisy machine.
TEST(Centre, IsNotMovedByOneReading) {
    for (const std::size_t count : {12U, 24U}) {
        auto differences = around(90, 10, count);
        differences[3] = -75;
        EXPECT_EQ(centre_against(differences, 20).side,
                  count == 12 ? Centre::Side::unclear : Centre::Side::above);
    }
    EXPECT_EQ(centre_against({-75}, 20).side, Centre::Side::unclear);
}

// The rate at which noise alone accuses: of a server whose surcharge is what the border asks.
TEST(Centre, IsRarelyMistaken) {
    std::mt19937_64 random(11);
    std::normal_distribution<double> noise(20, 40);
    int below = 0;
    for (int server = 0; server < 2000; ++server) {
        std::vector<double> differences(24);
        std::generate(differences.begin(), differences.end(), [&] { return noise(random); });
        below += centre_against(differences, 20).side == Centre::Side::below ? 1 : 0;
    }
    EXPECT_LE(below, 6);  // one in 2,000 is expected
}

using End = StopReading::End;

std::optional<Finding> stops(const std::vector<End>& ends) {
    std::vector<StopReading> readings;
    for (const auto end : ends) {
        readings.push_back({end, end == End::ended ? "stopped in time" : "killed after 5s"});
    }
    return judge_stops(readings);
}

TEST(Stops, InTimeOnceIsEnough) {
    ASSERT_TRUE(stops({End::ended}));
    EXPECT_EQ(stops({End::ended})->grade, Grade::pass);
    EXPECT_EQ(stops({End::starved, End::ended})->grade, Grade::pass);
}

TEST(Stops, AFailureIsAFact) {
    EXPECT_EQ(stops({End::faulty})->grade, Grade::fail);
    EXPECT_EQ(stops({End::hung, End::faulty})->grade, Grade::fail);
}

TEST(Stops, AHangFailsOnlyAServerThatHangsInMost) {
    EXPECT_FALSE(stops({End::hung}));
    EXPECT_FALSE(stops({End::hung, End::hung}));
    const auto always = stops({End::hung, End::hung, End::hung});
    ASSERT_TRUE(always);
    EXPECT_EQ(always->grade, Grade::fail);
    EXPECT_EQ(always->why, "killed after 5s; so in 3 of 3 stops, each of a fresh server");
    EXPECT_EQ(stops({End::hung, End::ended, End::hung, End::ended, End::hung})->grade, Grade::fail);
}

TEST(Stops, AHangNowAndThenIsToldAsThat) {
    EXPECT_FALSE(stops({End::hung, End::ended, End::ended}));
    const auto sometimes = stops({End::hung, End::ended, End::ended, End::ended});
    ASSERT_TRUE(sometimes);
    EXPECT_EQ(sometimes->grade, Grade::warn);
    EXPECT_THAT(sometimes->why, HasSubstr("sometimes hangs: 1 of 4 stops"));
    EXPECT_THAT(stops({End::hung, End::starved, End::hung, End::ended, End::starved})->why,
                HasSubstr("sometimes hangs: 2 of 5 stops"));
}

TEST(Stops, CannotBeToldOnAMachineThatLeftTheServerNoTime) {
    EXPECT_FALSE(stops({End::starved}));
    const auto starved = stops(std::vector<End>(kMostStops, End::starved));
    ASSERT_TRUE(starved);
    EXPECT_EQ(starved->grade, Grade::warn);
    EXPECT_THAT(starved->why, HasSubstr("cannot tell on this machine: it had to be killed in each "
                                        "of 5 stops"));
    EXPECT_THAT(stops({End::starved, End::hung, End::starved, End::hung, End::starved})->why,
                HasSubstr("cannot tell on this machine"));
}

TEST(DelayedAcknowledgement, IsToldByWhatComesEarlyAndWhatNeverDoes) {
    EXPECT_EQ(waits_for_acknowledgement({15, 0, 15}), true);
    EXPECT_EQ(waits_for_acknowledgement({240, 0, 10}), true) << "a busy machine delays most of all";
    EXPECT_EQ(waits_for_acknowledgement({60, 1, 58}), true) << "the kernel lets one through";
    EXPECT_EQ(waits_for_acknowledgement({15, 14, 15}), false);
    EXPECT_EQ(waits_for_acknowledgement({240, 6, 5}), false);
}

TEST(DelayedAcknowledgement, CannotBeToldWhereTooLittleComesEarly) {
    EXPECT_FALSE(waits_for_acknowledgement({}).has_value());
    EXPECT_FALSE(waits_for_acknowledgement({240, 0, 0}).has_value());
    EXPECT_FALSE(waits_for_acknowledgement({240, 0, 9}).has_value());
    EXPECT_FALSE(waits_for_acknowledgement({240, 2, 3}).has_value());
}

}  // namespace
}  // namespace benchhost::conformance

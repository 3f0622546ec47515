// Loads over a way that takes its time: which of them are the link's limit, and which are not.
#include "core/trial/link.hpp"

#include "tests/unit/trial/healthy_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace benchhost::trial {
namespace {

using model::FailureClass;
using model::Verdict;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// Ten seconds in which `count` requests were answered, each so long after its write.
load::LoadReport answered_over(Nanoseconds round_trip, Nanoseconds to_an_answer,
                               std::uint64_t count) {
    load::LoadReport report;
    report.duration = seconds(10);
    report.books = {count, count, 0, 0, count, 0, 0};
    report.ended = {8, count, count, 0, 8, 0};
    report.service_time.record(to_an_answer, count);
    report.response_time = report.service_time;
    report.client.max_run_delay = Nanoseconds{};
    report.client.max_thread_utilisation = 0.01;
    report.round_trip = round_trip;
    report.mean_in_flight = static_cast<double>(count) / 10 * to_seconds(to_an_answer);
    return report;
}

/// Of a closed loop of eight connections.
load::LoadReport of_eight(Nanoseconds round_trip, Nanoseconds to_an_answer) {
    const auto count = std::llround(8 * 10 / to_seconds(to_an_answer));
    auto report = answered_over(round_trip, to_an_answer, static_cast<std::uint64_t>(count));
    report.link_ceiling = 8 / to_seconds(round_trip);
    return report;
}

const model::LoadModel kEight = model::ClosedLoop{8};

VerdictWithReason judge_eight(Nanoseconds round_trip, Nanoseconds to_an_answer) {
    return judge({of_eight(round_trip, to_an_answer), kEight, std::nullopt});
}

load::LoadReport far_report() { return of_eight(milliseconds(20), microseconds(20'250)); }

TEST(LinkBound, IsALoopWhoseAnswersTakeHardlyMoreThanTheWay) {
    const auto verdict = judge({far_report(), kEight, std::nullopt});
    EXPECT_EQ(verdict.verdict, Verdict::link_bound);
    EXPECT_EQ(verdict.why,
              "8.0 requests on the wire at a time, each for a round trip of 20 ms, are at most 400 "
              "a second, however fast the server is: 395 came back, and the generator was 1 % "
              "busy");
}

TEST(LinkBound, NeedsFourFifthsOfTheTimeToAnAnswer) {
    EXPECT_EQ(judge_eight(milliseconds(20), microseconds(24'900)).verdict, Verdict::link_bound);
    const auto slower = judge_eight(milliseconds(20), microseconds(25'100));
    EXPECT_EQ(slower.verdict, Verdict::server_bound);
    EXPECT_EQ(slower.why,
              "the generator was 1 % busy and waited for the server; a round trip took 20 of the "
              "25.1 ms to an answer");
}

TEST(LinkBound, NeedsARoundTripBeyondThatOfAMachine) {
    EXPECT_EQ(judge_eight(microseconds(101), microseconds(103)).verdict, Verdict::link_bound);
    const auto near = judge_eight(microseconds(99), microseconds(101));
    EXPECT_EQ(near.verdict, Verdict::server_bound);
    EXPECT_THAT(near.why, Not(HasSubstr("round trip")));
}

TEST(LinkBound, NeedsARoundTripThatIsKnown) {
    auto report = far_report();
    report.round_trip.reset();
    report.link_ceiling.reset();
    EXPECT_EQ(judge({report, kEight, std::nullopt}).verdict, Verdict::server_bound);
    EXPECT_FALSE(share_of_the_link(report));
}

TEST(LinkBound, IsNotALoopOfWhichMostAreRefused) {
    // Two of the eight are served; the others try again and again.
    auto report = answered_over(milliseconds(20), microseconds(20'250), 988);
    report.link_ceiling = 400;
    report.books = {1988, 1988, 0, 0, 988, 1000, 0};
    report.ended = {8, 1988, 988, 1000, 8, 0};
    report.failures.add_many(FailureClass::connect_refused, 1000, "seen");
    EXPECT_EQ(judge({report, kEight, std::nullopt}).verdict, Verdict::server_bound);
}

TEST(LinkBound, NeedsFourFifthsOfWhatTheLinkLetsThrough) {
    auto report = far_report();
    report.link_ceiling = report.rate() / 0.801;
    EXPECT_EQ(judge({report, kEight, std::nullopt}).verdict, Verdict::link_bound);
    report.link_ceiling = report.rate() / 0.799;
    EXPECT_EQ(judge({report, kEight, std::nullopt}).verdict, Verdict::server_bound);
}

/// Twenty users, who think for so long on the average.
VerdictWithReason judge_twenty(milliseconds think, Nanoseconds round_trip,
                               Nanoseconds to_an_answer) {
    const double cycle = to_seconds(think + to_an_answer);
    auto report = answered_over(round_trip, to_an_answer,
                                static_cast<std::uint64_t>(std::llround(20 * 10 / cycle)));
    report.offered_ceiling = 20 / to_seconds(think);
    report.link_ceiling = 20 / to_seconds(think + round_trip);
    const model::LoadModel users = model::VirtualUsers{20, 100, {think / 2, think * 3 / 2}};
    return judge({report, users, std::nullopt});
}

TEST(LinkBound, AreUsersWhoWaitForHardlyMoreThanTheWay) {
    const auto verdict = judge_twenty(milliseconds(50), milliseconds(20), microseconds(20'250));
    EXPECT_EQ(verdict.verdict, Verdict::link_bound) << verdict.why;
    EXPECT_THAT(verdict.why, HasSubstr("at most 286 a second"));
    EXPECT_EQ(judge_twenty(milliseconds(50), milliseconds(20), milliseconds(30)).verdict,
              Verdict::server_bound)
        << "a third of what they wait is the server's";
    EXPECT_EQ(judge_twenty(seconds(10), milliseconds(20), microseconds(20'250)).verdict,
              Verdict::load_limited)
        << "they think, and hardly wait";
}

TEST(LinkBound, AreNoUsersWhoThinkForLongThoughSomeAreNotAnswered) {
    auto report = answered_over(milliseconds(20), microseconds(20'250), 1880);
    report.books = {1996, 1996, 0, 0, 1880, 116, 0};
    report.ended = {8, 1996, 1880, 116, 8, 0};
    report.failures.add_many(FailureClass::timeout, 116, "seen");
    report.offered_ceiling = 200;
    report.link_ceiling = 2000 / 10.02;
    const model::LoadModel users = model::VirtualUsers{2000, 100, {seconds(5), seconds(15)}};
    EXPECT_EQ(judge({report, users, std::nullopt}).verdict, Verdict::server_bound);
}

TEST(LinkBound, IsAScheduleThatAllConnectionsTogetherCannotKeep) {
    auto report = far_report();
    const auto count = report.books.ok;
    report.books = {10'000, count, 10'000 - count, 0, count, 0, 0};
    report.offered_ceiling = 1000;
    const model::LoadModel schedule = model::OpenLoop{1000, model::Arrivals::constant, {}, 8};
    EXPECT_EQ(judge({report, schedule, std::nullopt}).verdict, Verdict::link_bound);
    // Where most of them are idle, what is missing is missing for another reason.
    report.link_ceiling = 3200;
    const auto verdict = judge({report, schedule, std::nullopt});
    EXPECT_EQ(verdict.verdict, Verdict::server_bound);
    EXPECT_THAT(verdict.why, HasSubstr("of 10000 requests that were due"));
}

TEST(LinkBound, IsNoScheduleThatWasKept) {
    auto report = far_report();
    report.offered_ceiling = 395;
    const model::LoadModel schedule = model::OpenLoop{395, model::Arrivals::constant, {}, 8};
    EXPECT_EQ(judge({report, schedule, std::nullopt}).verdict, Verdict::load_limited);
}

TEST(LinkBound, StandsBehindWhatElseWasTheLimit) {
    const auto report = far_report();
    EXPECT_EQ(judge({report, kEight, model::MachineHealth{0, 0.5}}).verdict,
              Verdict::machine_bound);
    auto busy = report;
    busy.client.max_thread_utilisation = 0.9;
    EXPECT_EQ(judge({busy, kEight, std::nullopt}).verdict, Verdict::client_bound);
    const auto with_server = [&](double cpu_s) {
        return judge({report, kEight, std::nullopt, false, std::nullopt, server_usage(cpu_s)});
    };
    EXPECT_EQ(with_server(0.1).verdict, Verdict::link_bound);
    const auto full = with_server(9.9);
    EXPECT_EQ(full.verdict, Verdict::server_bound);
    EXPECT_TRUE(full.server_was_full);
    EXPECT_THAT(full.why, Not(HasSubstr("round trip")));
    auto unknown = report;
    unknown.client.max_run_delay.reset();
    EXPECT_EQ(judge({unknown, kEight, std::nullopt}).verdict, Verdict::link_bound)
        << "whoever else used the processors";
}

results::LoadPart far_part(Verdict verdict) {
    results::LoadPart part;
    part.rank = 1;
    part.host = "far";
    part.verdict = verdict;
    part.verdict_why = "it is far away";
    return part;
}

TEST(LinkBound, OfAPartIsNamedWhereNothingElseWasTheLimit) {
    const std::vector parts{far_part(Verdict::link_bound)};
    const auto named = worst_of({Verdict::server_bound, "it waited for the server"}, parts);
    EXPECT_EQ(named.verdict, Verdict::link_bound);
    EXPECT_EQ(named.why, "rank 1 on far: it is far away");
    EXPECT_EQ(worst_of({Verdict::not_known, ""}, parts).verdict, Verdict::link_bound);
    EXPECT_EQ(worst_of({Verdict::server_bound, "", false, true}, parts).verdict,
              Verdict::server_bound)
        << "it was full";
    for (const auto other :
         {Verdict::load_limited, Verdict::client_bound, Verdict::machine_bound, Verdict::invalid}) {
        EXPECT_EQ(worst_of({other, ""}, parts).verdict, other) << to_string(other);
    }
    EXPECT_EQ(worst_of({Verdict::invalid, "no answer", true}, parts).verdict, Verdict::invalid);
}

TEST(LinkBound, OfTheWholeGivesWayToWhatSaysLess) {
    const VerdictWithReason whole{Verdict::link_bound, "all are far away"};
    EXPECT_EQ(worst_of(whole, {far_part(Verdict::client_bound)}).verdict, Verdict::client_bound);
    EXPECT_EQ(worst_of(whole, {far_part(Verdict::not_known)}).why, "all are far away");
    EXPECT_EQ(worst_of(whole, {far_part(Verdict::server_bound)}).why, "all are far away");
}

}  // namespace
}  // namespace benchhost::trial

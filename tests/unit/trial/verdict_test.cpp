#include "tests/unit/trial/healthy_report.hpp"

#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using model::FailureClass;
using model::Verdict;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Verdict, ServerBoundWhenNothingElseLimits) {
    const auto verdict = judge_closed(healthy_report(), model::MachineHealth{0.0, 0.01});
    EXPECT_EQ(verdict.verdict, Verdict::server_bound);
    EXPECT_NE(verdict.why.find("50 % busy"), std::string::npos) << verdict.why;
}

TEST(Verdict, BooksThatDoNotBalanceAreInvalid) {
    auto report = healthy_report();
    report.books.ok -= 1;
    const auto verdict = judge_closed(report);
    EXPECT_EQ(verdict.verdict, Verdict::invalid);
    EXPECT_NE(verdict.why.find("do not balance"), std::string::npos) << verdict.why;
}

TEST(Verdict, WrongAnswersAreInvalidAndNamed) {
    for (const auto wrong : {FailureClass::bad_body, FailureClass::bad_length,
                             FailureClass::bad_status, FailureClass::malformed_answer}) {
        auto report = healthy_report();
        report.failures.add(wrong, "seen");
        report.books.ok -= 1;
        report.books.failed += 1;
        const auto verdict = judge_closed(report);
        EXPECT_EQ(verdict.verdict, Verdict::invalid);
        EXPECT_NE(verdict.why.find(model::to_string(wrong)), std::string::npos) << verdict.why;
    }
}

TEST(Verdict, TransportFailuresAloneAreTheServersLimit) {
    auto report = healthy_report();
    report.failures.add(FailureClass::timeout, "seen");
    report.books.ok -= 1;
    report.books.failed += 1;
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
}

TEST(Verdict, LittlesLawIsCheckedInAClosedLoopOnly) {
    auto report = healthy_report();
    report.mean_in_flight = 70;  // X S = 64
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
    const model::LoadModel open = model::OpenLoop{};
    EXPECT_EQ(judge({report, open, std::nullopt}).verdict, Verdict::server_bound);
}

TEST(Verdict, LittlesLawAllowsForStaysThatTheWindowCuts) {
    auto report = healthy_report();
    report.mean_in_flight =
        80;  // off by 20 %, but one answer took as long as a tenth of the window
    report.service_time.record(milliseconds(100));
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
}

TEST(Verdict, LittlesLawAllowsForStaysThatBeganBeforeTheWindow) {
    auto report = healthy_report();
    report.mean_in_flight = 80;
    // Asked in the warm-up, answered a tenth of the window after its beginning.
    report.longest_cut_stay = milliseconds(100);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
    report.longest_cut_stay = milliseconds(1);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

TEST(Verdict, LittlesLawLeavesOutTheTimeToConnect) {
    auto report = healthy_report();
    // Half of each stay was spent connecting, with nothing on the wire.
    report.response_time.clear();
    report.response_time.record(milliseconds(2), 64'000);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
    report.mean_in_flight = 128;  // as if the connecting ones had counted
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

TEST(Verdict, MachineBoundByStealOthersOrSharedProcessors) {
    EXPECT_EQ(judge_closed(healthy_report(), model::MachineHealth{0.05, 0}).verdict,
              Verdict::machine_bound);
    EXPECT_EQ(judge_closed(healthy_report(), model::MachineHealth{0, 0.2}).verdict,
              Verdict::machine_bound);
    EXPECT_EQ(judge_closed(healthy_report(), std::nullopt, true).verdict, Verdict::machine_bound);
    // What is not known spoils nothing.
    EXPECT_EQ(judge_closed(healthy_report(), model::MachineHealth{}).verdict,
              Verdict::server_bound);
}

TEST(Verdict, MachineBoundNamesWhoseProcessorsWereTaken) {
    model::MachineHealth machine;
    machine.others = 0.484;
    machine.others_of = "server";
    const auto verdict = judge_closed(healthy_report(), machine);
    EXPECT_EQ(verdict.verdict, Verdict::machine_bound);
    EXPECT_EQ(verdict.why, "other processes used 48.4 % of the server's processor time");
}

TEST(Verdict, MachineBoundWhereAQuotaStoppedASide) {
    model::MachineHealth machine;
    machine.others = 0.3;  // what was stopped ran late, in somebody else's time
    machine.quota_stops = {{"/q/own", "generator", 1, 0.5, 0.01}, {"/q", "server", 2, 0.37, 0.8}};
    EXPECT_EQ(judge_closed(healthy_report(), machine).verdict, Verdict::machine_bound);
    EXPECT_EQ(judge_closed(healthy_report(), machine).why,
              "the control group's quota stopped the server in 37 % of the periods (group /q, 2 "
              "processors)");
    machine.quota_stops = {{"/q", "server and generator", 0.5, {}, 0.012}};
    EXPECT_EQ(judge_closed(healthy_report(), machine).why,
              "the control group's quota stopped the server and generator for 12 ms (group /q, "
              "0.5 processors)");
}

TEST(Verdict, MachineBoundWhereConnectionsFindTheTableOfTrackedOnesFull) {
    model::MachineHealth machine;
    machine.conntrack = 1;
    EXPECT_EQ(judge_closed(healthy_report(), machine).verdict, Verdict::server_bound);
    auto report = healthy_report();
    report.failures.add(FailureClass::connect_timeout, "no answer");
    report.books.failed += 1;
    report.books.ok -= 1;
    EXPECT_EQ(judge_closed(report, machine).verdict, Verdict::machine_bound);
    machine.conntrack = 0.5;
    EXPECT_EQ(judge_closed(report, machine).verdict, Verdict::server_bound);
}

TEST(Verdict, LittlesLawKnowsTheTimeOfThoseThatFailed) {
    auto report = healthy_report();
    report.mean_in_flight = 100;
    report.failed_in_flight = seconds(36);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
    report.failed_in_flight = seconds(20);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

TEST(Verdict, ConnectionsThatOutlastTheWindowMakeAClosedLoopAnother) {
    auto report = healthy_report();
    // 8 of 64 are served, in 1 ms; the others wait from before the window until after it.
    report.books = {8'000, 8'000, 0, 0, 8'000, 0, 0};
    report.ended = {64, 8'000, 8'000, 0, 64, 56};
    report.service_time.clear();
    report.service_time.record(milliseconds(1), 8'000);
    report.response_time = report.service_time;
    const auto verdict = judge_closed(report);
    EXPECT_EQ(verdict.verdict, Verdict::invalid);
    EXPECT_EQ(verdict.why.find("56 of 64 requests were under way over the whole window"), 0U)
        << verdict.why;
}

TEST(Verdict, TheBooksByEndHaveToBalance) {
    auto report = healthy_report();
    report.ended.begun += 1;
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

TEST(Verdict, MachineBoundByASlowerClock) {
    model::MachineHealth slower;
    slower.mhz_begin = 3000;
    slower.mhz_end = 2500;
    EXPECT_EQ(judge_closed(healthy_report(), slower).verdict, Verdict::machine_bound);
    slower.mhz_end = 2900;
    EXPECT_EQ(judge_closed(healthy_report(), slower).verdict, Verdict::server_bound);
    slower.throttled = 1;
    EXPECT_EQ(judge_closed(healthy_report(), slower).verdict, Verdict::machine_bound);
}

TEST(Verdict, ClientBoundByABusyThreadALateLoopOrTheCeiling) {
    auto busy = healthy_report();
    busy.client.max_thread_utilisation = 0.9;
    EXPECT_EQ(judge_closed(busy).verdict, Verdict::client_bound);
    auto late = healthy_report();
    late.client.max_loop_lag = milliseconds(200);
    EXPECT_EQ(judge_closed(late).verdict, Verdict::client_bound);
    auto near = healthy_report();
    near.client.max_thread_utilisation = 0.84;
    EXPECT_EQ(judge_closed(near, std::nullopt, false, 70'000.0).verdict, Verdict::client_bound);
    // Half busy at 64,000 requests/s: a ceiling of 70,000 was measured on a disturbed machine.
    EXPECT_EQ(judge_closed(healthy_report(), std::nullopt, false, 70'000.0).verdict,
              Verdict::server_bound);
    EXPECT_EQ(judge_closed(healthy_report(), std::nullopt, false, 200'000.0).verdict,
              Verdict::server_bound);
}

/// Requests that a schedule had due in a window of 10 s, each answered after 1 ms or later.
VerdictWithReason judge_rate(std::uint64_t planned, std::uint64_t ok, std::uint64_t ended,
                             const model::OpenLoop& load, Nanoseconds wait = milliseconds(1)) {
    load::LoadReport report;
    report.duration = seconds(10);
    report.books = {planned, planned, 0, 0, ok, 0, planned - ok};
    report.ended = {0, planned, ended, 0, planned - ended, 0};
    report.response_time.record(milliseconds(1), ok / 2);
    report.response_time.record(wait, ok - ok / 2);
    report.service_time = report.response_time;
    report.offered_ceiling = load.highest_rate();
    report.client.max_run_delay = Nanoseconds{};
    return judge({report, load, std::nullopt});
}

TEST(Verdict, LoadLimitedIsWhatWasPlannedInThisWindowAndAnsweredInTime) {
    const model::OpenLoop constant{1000, model::Arrivals::constant, {}, 1};
    const auto verdict = judge_rate(10'000, 10'000, 9'999, constant);
    EXPECT_EQ(verdict.verdict, Verdict::load_limited);
    EXPECT_NE(verdict.why.find("10000 of 10000"), std::string::npos) << verdict.why;
    EXPECT_EQ(judge_rate(10'000, 9'600, 9'600, constant).verdict, Verdict::server_bound);
}

TEST(Verdict, WhoFallsBehindIsTheLimitThoughAllIsAnsweredInTheEnd) {
    const auto verdict = judge_rate(10'000, 10'000, 9'200, {1000, model::Arrivals::constant, {}, 1},
                                    milliseconds(800));
    EXPECT_EQ(verdict.verdict, Verdict::server_bound);
    EXPECT_NE(verdict.why.find("fell behind: 10000 requests were due in the window and 9200 ended"),
              std::string::npos)
        << verdict.why;
}

TEST(Verdict, TheLuckOfPoissonArrivalsAndTheMeanOfStagesDecideNothing) {
    for (const std::uint64_t planned : {9'500U, 10'000U, 10'500U}) {
        EXPECT_EQ(judge_rate(planned, planned, planned - 3, {1000, model::Arrivals::poisson, {}, 1})
                      .verdict,
                  Verdict::load_limited);
    }
    const model::OpenLoop stages{
        500, model::Arrivals::poisson, {{500, seconds(4)}, {4000, seconds(6)}}, 1};
    EXPECT_EQ(judge_rate(15'500, 15'500, 15'499, stages).verdict, Verdict::load_limited);
}

TEST(Verdict, AServerThatTakesItsTimeForEachIsNotBehind) {
    const model::OpenLoop constant{1000, model::Arrivals::constant, {}, 1000};
    load::LoadReport report;
    report.duration = seconds(1);
    report.books = {1000, 1000, 0, 0, 1000, 0, 0};
    report.ended = {0, 1000, 900, 0, 100, 0};  // no warm-up: what is due at first ends later
    report.response_time.record(milliseconds(100), 1000);
    report.service_time = report.response_time;
    report.offered_ceiling = 1000;
    report.client.max_run_delay = Nanoseconds{};
    EXPECT_EQ(judge({report, constant, std::nullopt}).verdict, Verdict::load_limited);
}

TEST(Verdict, WhatIsNotAnsweredOnADisturbedMachineIsNotTheServersFault) {
    auto report = healthy_report();
    report.books = {64, 64, 0, 0, 0, 64, 0};
    report.ended = {64, 64, 0, 64, 64, 0};
    report.failures.add_many(FailureClass::timeout, 64, "seen");
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
    model::MachineHealth machine;
    machine.others = 0.58;
    EXPECT_EQ(judge_closed(report, machine).verdict, Verdict::machine_bound);
    // Wrong answers are, whatever the machine does.
    report.failures.add(FailureClass::bad_body, "seen");
    report.books = {65, 65, 0, 0, 0, 65, 0};
    EXPECT_EQ(judge_closed(report, machine).verdict, Verdict::invalid);
}

TEST(Verdict, AServerThatUsesAllOfItsProcessorsIsTheLimitHoweverBusyTheGeneratorWas) {
    auto report = healthy_report();
    report.client.max_thread_utilisation = 0.9;
    const auto full = judge_with(report, server_usage(0.98));
    EXPECT_EQ(full.verdict, Verdict::server_bound);
    EXPECT_EQ(full.why,
              "the server used 98 % of its processors; the generator was near its limit too: a "
              "generator thread was 90 % busy");
    EXPECT_EQ(judge_with(report, server_usage(0.9)).verdict, Verdict::client_bound);
    auto spins = server_usage(1);
    spins.idle_cpu_share = 1;  // also when nobody asks
    EXPECT_EQ(judge_with(report, spins).verdict, Verdict::client_bound);
    auto threads = server_usage(0.5);
    threads.processors = 4;
    threads.least_busy_thread = 0.98;
    EXPECT_EQ(judge_with(report, threads).verdict, Verdict::server_bound);
}

TEST(Verdict, InAShortWindowTheWaitsForAProcessorTell) {
    auto report = healthy_report();
    const model::MachineHealth too_short;
    EXPECT_EQ(judge_with(report, server_usage(0.07, 0.85), too_short).verdict,
              Verdict::machine_bound);
    EXPECT_EQ(judge_with(report, server_usage(0.99, 30), too_short).verdict, Verdict::server_bound)
        << "its own threads wait for each other";
    report.client.max_run_delay = milliseconds(300);
    EXPECT_EQ(judge_with(report, server_usage(0.5), too_short).verdict, Verdict::machine_bound);
}

TEST(Verdict, WhatNobodyCanKnowTakesNoSide) {
    auto report = healthy_report();
    report.client.max_run_delay.reset();
    EXPECT_EQ(judge_with(report, server_usage(0.5), model::MachineHealth{}).verdict,
              Verdict::not_known);
    EXPECT_EQ(judge_with(report, server_usage(0.5), model::MachineHealth{0, 0.01}).verdict,
              Verdict::server_bound);
    report.client.max_run_delay = Nanoseconds{};
    auto unseen = server_usage(0.5);
    unseen.run_delay_s.reset();
    EXPECT_EQ(judge_with(report, unseen, model::MachineHealth{}).verdict, Verdict::not_known);
}

TEST(Verdict, PortsThatRanOutAreNeverTheServersFault) {
    auto report = healthy_report();
    report.failures.add(FailureClass::no_port_or_fd, "connect: Cannot assign requested address");
    report.books.ok -= 1;
    report.books.failed += 1;
    const auto verdict = judge_closed(report);
    EXPECT_EQ(verdict.verdict, Verdict::client_bound);
    EXPECT_NE(verdict.why.find("ran out of local ports"), std::string::npos) << verdict.why;
}

/// 400 users who think for a second offer at most 400 requests/s; of them `planned` fell into a
/// window of one second.
VerdictWithReason judge_users(std::uint64_t planned, std::uint64_t ok, milliseconds wait) {
    load::LoadReport report;
    report.duration = seconds(1);
    report.books = {planned, planned, 0, 0, ok, 0, planned - ok};
    report.ended = {0, planned, ok, 0, planned - ok, 0};
    report.client.max_run_delay = Nanoseconds{};
    report.service_time.record(wait, ok);
    report.response_time = report.service_time;
    report.offered_ceiling = 400;
    const model::LoadModel users =
        model::VirtualUsers{400, 400, {milliseconds(500), milliseconds(1500)}};
    return judge({report, users, std::nullopt});
}

TEST(Verdict, UsersAreTheLimitWhenTheyHardlyWaitHoweverManyThoughtsEndInTheWindow) {
    const auto few = judge_users(360, 360, milliseconds(1));
    EXPECT_EQ(few.verdict, Verdict::load_limited) << few.why;
    EXPECT_NE(few.why.find("thought for 1 s and waited for 0.001 s"), std::string::npos) << few.why;
    EXPECT_NE(few.why.find("at most 400"), std::string::npos) << few.why;
}

TEST(Verdict, UsersAreNotTheLimitWhenTheyWaitOrAreNotAnswered) {
    EXPECT_EQ(judge_users(390, 390, milliseconds(50)).verdict, Verdict::server_bound);
    EXPECT_EQ(judge_users(400, 380, milliseconds(1)).verdict, Verdict::server_bound);
}

TEST(Verdict, UsersWhoWaitInVainAreNotTheLimit) {
    // Half of them hang from before the window until after it.
    load::LoadReport report;
    report.duration = seconds(10);
    report.books = {2'000, 2'000, 0, 0, 2'000, 0, 0};
    report.ended = {200, 2'000, 2'000, 0, 200, 0};
    report.response_time.record(milliseconds(1), 2'000);
    report.service_time = report.response_time;
    report.offered_ceiling = 400;
    report.client.max_run_delay = Nanoseconds{};
    const model::LoadModel users =
        model::VirtualUsers{400, 400, {milliseconds(500), milliseconds(1500)}};
    report.ended.throughout = 4;
    EXPECT_EQ(judge({report, users, std::nullopt}).verdict, Verdict::server_bound);
    report.ended.throughout = 200;
    EXPECT_EQ(judge({report, users, std::nullopt}).verdict, Verdict::invalid);
}

TEST(Verdict, NoRightAnswerIsInvalid) {
    load::LoadReport report;
    report.duration = seconds(1);
    report.books = {5, 5, 0, 0, 0, 5, 0};
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

results::LoadPart part(std::uint32_t rank, Verdict verdict, const std::string& why) {
    results::LoadPart part;
    part.rank = rank;
    part.host = "load" + std::to_string(rank);
    part.verdict = verdict;
    part.verdict_why = why;
    return part;
}

TEST(Verdict, APartThatWasAtItsLimitIsNamed) {
    const VerdictWithReason whole{Verdict::server_bound, "it waited for the server"};
    EXPECT_EQ(worst_of(whole, {}).verdict, Verdict::server_bound);
    const auto fine = part(1, Verdict::server_bound, "");
    EXPECT_EQ(worst_of(whole, {fine}).why, "it waited for the server");
    const auto busy = worst_of(whole, {fine, part(2, Verdict::client_bound, "a thread was busy")});
    EXPECT_EQ(busy.verdict, Verdict::client_bound);
    EXPECT_EQ(busy.why, "rank 2 on load2: a thread was busy");
    // What makes the numbers say least goes first.
    EXPECT_EQ(worst_of(whole, {part(1, Verdict::client_bound, ""), part(2, Verdict::invalid, "")})
                  .verdict,
              Verdict::invalid);
    EXPECT_EQ(worst_of({Verdict::machine_bound, "steal"}, {part(1, Verdict::client_bound, "")}).why,
              "steal");
    const VerdictWithReason unanswered{Verdict::invalid, "no request was answered rightly", true};
    EXPECT_EQ(worst_of(unanswered, {part(1, Verdict::machine_bound, "")}).verdict,
              Verdict::machine_bound);
    EXPECT_EQ(worst_of(unanswered, {part(1, Verdict::not_known, "")}).why, unanswered.why);
}

}  // namespace
}  // namespace benchhost::trial

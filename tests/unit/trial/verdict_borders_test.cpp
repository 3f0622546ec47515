// Each threshold of the verdict a little on either side, and each rule against the next.
#include "tests/unit/trial/healthy_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using model::FailureClass;
using model::MachineHealth;
using model::Verdict;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

Verdict of_machine(const MachineHealth& machine) {
    return judge_closed(healthy_report(), machine).verdict;
}

/// The generator reached `ceiling` against the null server.
Verdict of_generator(const load::LoadReport& report, std::optional<double> ceiling = {}) {
    return judge_closed(report, std::nullopt, false, ceiling).verdict;
}

TEST(VerdictBorders, OfLittlesLawAreATwentiethAndTwoLongestAnswers) {
    auto report = healthy_report();
    // X S is 64; the longest answer took a thousandth of the window.
    report.mean_in_flight = 64 / (1 - 0.0519);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
    report.mean_in_flight = 64 / (1 - 0.0521);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

TEST(VerdictBorders, OfLittlesLawAreAThousandAnswers) {
    auto report = healthy_report();
    report.mean_in_flight = 3;
    report.service_time.clear();
    report.service_time.record(milliseconds(1), 1000);
    report.books = {1000, 1000, 0, 0, 1000, 0, 0};
    report.ended = {3, 1000, 1000, 0, 3, 0};
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
    report.books = {999, 999, 0, 0, 999, 0, 0};
    report.ended = {3, 999, 999, 0, 3, 0};
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
}

TEST(VerdictBorders, OfRequestsThatOutlastTheWindowAreATwentiethOfAll) {
    auto report = healthy_report();
    report.ended.throughout = 3;
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
    report.ended.throughout = 4;
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

TEST(VerdictBorders, OfAPipelinedLoopAreOfItsRequestsAndNotOfItsConnections) {
    auto report = healthy_report();
    report.mean_in_flight = 256;
    report.service_time.clear();
    report.service_time.record(milliseconds(4), 64'000);
    report.ended = {256, 64'000, 64'000, 0, 256, 12};
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
    report.ended.throughout = 13;
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

TEST(VerdictBorders, OfALoopThatIsOftenConnectingAreOfItsConnections) {
    auto report = healthy_report();
    report.mean_in_flight = 20;
    report.books = {20'000, 20'000, 0, 0, 20'000, 0, 0};
    report.ended = {20, 20'000, 20'000, 0, 20, 3};
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
}

TEST(VerdictBorders, OfTheMachine) {
    MachineHealth machine;
    machine.steal = 0.0199;
    EXPECT_EQ(of_machine(machine), Verdict::server_bound);
    machine.steal = 0.0201;
    EXPECT_EQ(of_machine(machine), Verdict::machine_bound);
    machine = {};
    machine.others = 0.099;
    EXPECT_EQ(of_machine(machine), Verdict::server_bound);
    machine.others = 0.101;
    EXPECT_EQ(of_machine(machine), Verdict::machine_bound);
    machine = {};
    machine.throttled = 0;
    machine.mhz_begin = 3000;
    machine.mhz_end = 2701;
    EXPECT_EQ(of_machine(machine), Verdict::server_bound);
    machine.mhz_end = 2699;
    EXPECT_EQ(of_machine(machine), Verdict::machine_bound);
    machine.mhz_end.reset();
    machine.throttled = 1;
    EXPECT_EQ(of_machine(machine), Verdict::machine_bound);
}

TEST(VerdictBorders, OfTrackedConnections) {
    auto report = healthy_report();
    report.failures.add(FailureClass::connect_timeout, "no answer");
    report.books.failed += 1;
    report.books.ok -= 1;
    MachineHealth machine;
    machine.conntrack = 0.949;
    EXPECT_EQ(judge_closed(report, machine).verdict, Verdict::server_bound);
    machine.conntrack = 0.95;
    EXPECT_EQ(judge_closed(report, machine).verdict, Verdict::machine_bound);
}

TEST(VerdictBorders, OfWaitsForAProcessor) {
    auto report = healthy_report();
    report.client.max_run_delay = milliseconds(99);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
    report.client.max_run_delay = milliseconds(101);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::machine_bound);
    EXPECT_EQ(judge_closed(report, MachineHealth{0, 0.01}).verdict, Verdict::server_bound)
        << "what others used is known, and it was little";
    report.client.max_run_delay = Nanoseconds{};
    EXPECT_EQ(judge_with(report, server_usage(0.5, 0.099)).verdict, Verdict::server_bound);
    EXPECT_EQ(judge_with(report, server_usage(0.5, 0.101)).verdict, Verdict::machine_bound);
    auto on_two = server_usage(0.5, 0.15);
    on_two.processors = 2;
    EXPECT_EQ(judge_with(report, on_two).verdict, Verdict::server_bound);
}

TEST(VerdictBorders, OfAGeneratorThatDidNotRun) {
    auto report = healthy_report();
    report.client.longest_absence = milliseconds(100);
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
    report.client.longest_absence = milliseconds(101);
    const auto verdict = judge_closed(report, MachineHealth{0, 0.01});
    EXPECT_EQ(verdict.verdict, Verdict::machine_bound) << "whatever others used";
    EXPECT_THAT(verdict.why, HasSubstr("did not run for 101 ms"));
}

TEST(VerdictBorders, OfAServerThatWasStopped) {
    MachineHealth machine;
    machine.server_stopped_s = 0;
    EXPECT_EQ(of_machine(machine), Verdict::server_bound);
    machine.server_stopped_s = 0.1;
    machine.quota_stops = {{"/q", "server", 2, 0.37, 0.8}};
    const auto verdict = judge_closed(healthy_report(), machine);
    EXPECT_EQ(verdict.verdict, Verdict::machine_bound);
    EXPECT_EQ(verdict.why, "the server, or a process of it, was stopped or frozen for about 0.1 s");
}

TEST(VerdictBorders, OfTheGenerator) {
    auto report = healthy_report();
    report.client.max_thread_utilisation = 0.8499;
    EXPECT_EQ(of_generator(report), Verdict::server_bound);
    report.client.max_thread_utilisation = 0.8501;
    EXPECT_EQ(of_generator(report), Verdict::client_bound);
    report.client.max_thread_utilisation = 0.84;
    report.client.max_loop_lag = milliseconds(100);
    EXPECT_EQ(of_generator(report), Verdict::server_bound);
    report.client.max_loop_lag = milliseconds(101);
    EXPECT_EQ(of_generator(report), Verdict::client_bound);
    report.client.max_loop_lag = {};
    EXPECT_EQ(of_generator(report, 80'010), Verdict::server_bound) << "64,000 are 80 % of 80,000";
    EXPECT_EQ(of_generator(report, 79'990), Verdict::client_bound);
}

TEST(VerdictBorders, OfAFullServer) {
    auto report = healthy_report();
    report.client.max_thread_utilisation = 0.9;
    EXPECT_EQ(judge_with(report, server_usage(0.97)).verdict, Verdict::server_bound);
    EXPECT_EQ(judge_with(report, server_usage(0.969)).verdict, Verdict::client_bound);
    auto spins = server_usage(1);
    spins.idle_cpu_share = 0.49;
    EXPECT_EQ(judge_with(report, spins).verdict, Verdict::server_bound);
    spins.idle_cpu_share = 0.5;
    EXPECT_EQ(judge_with(report, spins).verdict, Verdict::client_bound);
    auto threads = server_usage(0.5);
    threads.processors = 4;
    threads.least_busy_thread = 0.97;
    EXPECT_EQ(judge_with(report, threads).verdict, Verdict::server_bound);
    threads.least_busy_thread = 0.969;
    EXPECT_EQ(judge_with(report, threads).verdict, Verdict::client_bound);
}

const model::LoadModel kThinkers =
    model::VirtualUsers{400, 400, {milliseconds(500), milliseconds(1500)}};

/// What 400 of them ask in a second, all of it answered after `wait`.
load::LoadReport report_of_thinkers(Nanoseconds wait) {
    load::LoadReport report;
    report.duration = seconds(1);
    report.books = {400, 400, 0, 0, 400, 0, 0};
    report.ended = {0, 400, 400, 0, 0, 0};
    report.client.max_run_delay = Nanoseconds{};
    report.service_time.record(wait, 400);
    report.response_time = report.service_time;
    report.offered_ceiling = 400;
    return report;
}

TEST(VerdictBorders, OfUsersWhoHardlyWait) {
    EXPECT_EQ(judge({report_of_thinkers(milliseconds(30)), kThinkers, {}}).verdict,
              Verdict::load_limited);
    EXPECT_EQ(judge({report_of_thinkers(milliseconds(31)), kThinkers, {}}).verdict,
              Verdict::server_bound);
    auto connecting = report_of_thinkers(milliseconds(1));
    connecting.response_time.clear();
    connecting.response_time.record(milliseconds(50), 400);
    EXPECT_EQ(judge({connecting, kThinkers, {}}).verdict, Verdict::server_bound)
        << "they wait for the connection too";
}

TEST(VerdictOrder, AWrongAnswerIsOneWhereverItWasPlanned) {
    auto report = healthy_report();
    report.ended_failures.add(FailureClass::bad_status, "HTTP/1.1 500");
    report.ended = {64, 64'000, 63'999, 1, 64, 0};
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
}

TEST(VerdictOrder, ADisturbedMachineGoesBeforeWhatItMadeHang) {
    auto report = healthy_report();
    report.books = {8'000, 8'000, 0, 0, 8'000, 0, 0};
    report.ended = {64, 8'000, 8'000, 0, 64, 56};
    EXPECT_EQ(judge_closed(report).verdict, Verdict::invalid);
    EXPECT_EQ(judge_closed(report, MachineHealth{0, 0.5}).verdict, Verdict::machine_bound);
}

TEST(VerdictOrder, TheMachineGoesBeforePortsThatRanOut) {
    auto report = healthy_report();
    report.failures.add(FailureClass::no_port_or_fd, "connect: Cannot assign requested address");
    report.books.ok -= 1;
    report.books.failed += 1;
    EXPECT_EQ(judge_closed(report, MachineHealth{0, 0.2}).verdict, Verdict::machine_bound);
}

TEST(VerdictOrder, PortsThatRanOutGoBeforeAnswersThatDidNotCome) {
    auto report = healthy_report();
    report.books = {64, 64, 0, 0, 0, 64, 0};
    report.ended = {64, 64, 0, 64, 64, 0};
    report.failures.add_many(FailureClass::no_port_or_fd, 64, "bind: Address already in use");
    EXPECT_EQ(judge_closed(report).verdict, Verdict::client_bound);
}

TEST(VerdictOrder, PortsThatRanOutForTheWarmUpCountWhereTheyWereMissed) {
    auto report = healthy_report();
    report.ended_failures.add(FailureClass::no_port_or_fd, "bind: Address already in use");
    report.ended = {64, 64'000, 63'999, 1, 64, 0};
    const auto verdict = judge_closed(report);
    EXPECT_EQ(verdict.verdict, Verdict::client_bound);
    EXPECT_THAT(verdict.why, HasSubstr("1 times (bind: Address already in use)"));
}

TEST(VerdictOrder, AnswersThatDidNotComeGoBeforeABusyGenerator) {
    auto report = healthy_report();
    report.client.max_thread_utilisation = 0.9;
    report.books = {64, 64, 0, 0, 0, 64, 0};
    report.ended = {64, 64, 0, 64, 64, 0};
    const auto none = judge_closed(report);
    EXPECT_EQ(none.verdict, Verdict::invalid);
    EXPECT_EQ(none.why, "no request was answered rightly");
    EXPECT_TRUE(none.is_unanswered);
    report.books = {64, 64, 0, 0, 64, 0, 0};
    report.ended = {64, 64, 0, 0, 128, 0};
    const auto late = judge_closed(report);
    EXPECT_EQ(late.verdict, Verdict::invalid);
    EXPECT_EQ(late.why, "no right answer came within the window");
}

TEST(VerdictOrder, AScheduleWhoseRequestsOutlastTheWindowIsTheServersLimit) {
    auto report = healthy_report();
    report.offered_ceiling = 64'000;
    report.ended.throughout = 4;
    const model::LoadModel schedule = model::OpenLoop{64'000, model::Arrivals::constant, {}, 64};
    const auto verdict = judge({report, schedule, std::nullopt});
    EXPECT_EQ(verdict.verdict, Verdict::server_bound);
    EXPECT_THAT(verdict.why, HasSubstr("4 requests were under way over the whole window"));
}

TEST(VerdictOrder, ABusyGeneratorGoesBeforeALoadThatWasAllAnswered) {
    auto report = report_of_thinkers(milliseconds(1));
    report.client.max_thread_utilisation = 0.9;
    EXPECT_EQ(judge({report, kThinkers, std::nullopt}).verdict, Verdict::client_bound);
}

TEST(VerdictOrder, ALoadThatWasAllAnsweredGoesBeforeAFullServer) {
    const auto report = report_of_thinkers(milliseconds(1));
    EXPECT_EQ(
        judge({report, kThinkers, std::nullopt, false, std::nullopt, server_usage(0.98)}).verdict,
        Verdict::load_limited);
}

TEST(VerdictOrder, WhatAPartDoesNotKnowMattersWhereTheWholeClaims) {
    results::LoadPart unsure;
    unsure.rank = 1;
    unsure.host = "load1";
    unsure.verdict = Verdict::not_known;
    EXPECT_EQ(worst_of({Verdict::server_bound, ""}, {unsure}).verdict, Verdict::not_known);
    EXPECT_EQ(worst_of({Verdict::load_limited, "all answered"}, {unsure}).why, "all answered");
}

}  // namespace
}  // namespace benchhost::trial

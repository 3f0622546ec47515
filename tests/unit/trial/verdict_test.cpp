#include "core/trial/verdict.hpp"

#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using model::FailureClass;
using model::Verdict;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// 64 requests in flight for 1 s, each answered in 1 ms: 64,000 answers, a busy server.
load::LoadReport healthy_report() {
    load::LoadReport report;
    report.duration = seconds(1);
    report.books = {64'000, 64'000, 0, 0, 64'000, 0, 0};
    report.service_time.record(milliseconds(1), 64'000);
    report.response_time = report.service_time;
    report.mean_in_flight = 64;
    report.client.max_thread_utilisation = 0.5;
    return report;
}

VerdictWithReason judge_closed(const load::LoadReport& report,
                               std::optional<model::MachineHealth> machine = std::nullopt,
                               bool cpus_shared = false,
                               std::optional<double> ceiling = std::nullopt) {
    const model::LoadModel model = model::ClosedLoop{64};
    return judge({report, model, machine, cpus_shared, ceiling});
}

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
    EXPECT_EQ(judge({report, open, std::nullopt, false, std::nullopt}).verdict,
              Verdict::server_bound);
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

TEST(Verdict, LittlesLawIsNotCheckedWhereStaysHadNoAnswer) {
    auto report = healthy_report();
    report.mean_in_flight = 100;
    report.failed_outside = 37;  // of the warm-up, and on the wire until they timed out
    EXPECT_EQ(judge_closed(report).verdict, Verdict::server_bound);
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

TEST(Verdict, LoadLimitedWhenTheWholeOfferWasAnswered) {
    auto report = healthy_report();
    report.offered_ceiling = 64'100;
    const model::LoadModel rate = model::OpenLoop{64'100, model::Arrivals::constant, {}, 1};
    const auto verdict = judge({report, rate, std::nullopt, false, std::nullopt});
    EXPECT_EQ(verdict.verdict, Verdict::load_limited);
    EXPECT_NE(verdict.why.find("64100"), std::string::npos) << verdict.why;
    report.offered_ceiling = 70'000;
    EXPECT_EQ(judge({report, rate, std::nullopt, false, std::nullopt}).verdict,
              Verdict::server_bound);
}

/// 400 users who think for a second offer at most 400 requests/s; of them `planned` fell into a
/// window of one second.
VerdictWithReason judge_users(std::uint64_t planned, std::uint64_t ok, milliseconds wait) {
    load::LoadReport report;
    report.duration = seconds(1);
    report.books = {planned, planned, 0, 0, ok, 0, planned - ok};
    report.service_time.record(wait, ok);
    report.response_time = report.service_time;
    report.offered_ceiling = 400;
    const model::LoadModel users =
        model::VirtualUsers{400, 400, {milliseconds(500), milliseconds(1500)}};
    return judge({report, users, std::nullopt, false, std::nullopt});
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
}

}  // namespace
}  // namespace benchhost::trial

#include "core/trial/row_notes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

results::Trial trial(double p50_ms, std::optional<double> cpu_s) {
    results::Trial trial;
    trial.duration_s = 2;
    trial.response_time_ms = results::LatencySummary{};
    trial.response_time_ms->p50 = p50_ms;
    trial.server_usage = results::ServerUsage{};
    trial.server_usage->cpu_s = cpu_s;
    return trial;
}

TEST(DelayedAckNote, IsForAnIdleServerAtThatTime) {
    const auto note = delayed_ack_note(trial(44, 0.02));
    ASSERT_TRUE(note);
    EXPECT_NE(note->find("p50 (44.0 ms) lies at the delayed-ACK time"), std::string::npos) << *note;
    EXPECT_FALSE(delayed_ack_note(trial(44, 1.9))) << "it was busy";
    EXPECT_FALSE(delayed_ack_note(trial(44, std::nullopt))) << "nobody knows";
    EXPECT_FALSE(delayed_ack_note(trial(39.5, 0.02)));
    EXPECT_FALSE(delayed_ack_note(trial(49, 0.02)));
    EXPECT_FALSE(delayed_ack_note(results::Trial{}));
}

// With a constant rate the wait for a free connection is in the response time.
TEST(DelayedAckNote, GoesByTheServiceTimeWhereThereIsOne) {
    auto queued = trial(900, 0.02);
    queued.service_time_ms = results::LatencySummary{};
    queued.service_time_ms->p50 = 41;
    EXPECT_TRUE(delayed_ack_note(queued));
}

TEST(Notes, NameTheLimitsThatWereHit) {
    load::LoadReport report;
    results::ServerUsage usage;
    model::MachineHealth machine;
    EXPECT_THAT(notes_on(report, usage, machine), IsEmpty());
    machine.listen_overflows = 12;
    machine.conntrack = 1.0;  // full, but nothing came to harm
    EXPECT_THAT(notes_on(report, usage, machine),
                ElementsAre(HasSubstr("was found full 12 times")));
    report.failures.add(model::FailureClass::connect_timeout, "no answer");
    machine.listen_overflows = 0;
    EXPECT_THAT(notes_on(report, usage, machine), ElementsAre(HasSubstr("was 100 % full")));
    EXPECT_THAT(notes_on(report, usage, std::nullopt), IsEmpty());
}

TEST(Notes, TellOfThreadsThatShareTheWorkUnevenly) {
    results::ServerUsage usage;
    usage.busiest_thread = 0.9;
    usage.least_busy_thread = 0.45;
    EXPECT_THAT(notes_on({}, usage, std::nullopt), IsEmpty());
    usage.least_busy_thread = 0.4;
    EXPECT_THAT(notes_on({}, usage, std::nullopt),
                ElementsAre("the server's threads shared the work unevenly: one did more than "
                            "twice another's"));
}

}  // namespace
}  // namespace benchhost::trial

#include "core/suite/row_notes.hpp"

#include <gtest/gtest.h>

namespace benchhost::suite {
namespace {

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

}  // namespace
}  // namespace benchhost::suite

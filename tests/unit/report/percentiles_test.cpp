// Percentiles of the answered, where not all were answered.
#include "report/table/captions.hpp"
#include "report/table/columns.hpp"
#include "report/table/number.hpp"
#include "report/table/table.hpp"
#include "tests/unit/report/few_trials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

using model::Verdict;
using results::ResultSet;
using results::Trial;
using testing::Contains;
using testing::HasSubstr;

TEST(Percentiles, BeyondTheAnsweredShareAreAtLeastTheTimeoutAndStandLast) {
    std::vector<Trial> trials;
    for (const auto& [id, timeouts] : {std::pair("dropper", 100U), {"honest", 0U}}) {
        auto trial = trial_of({id, 1'000, Verdict::load_limited}, 1);
        trial.response_time_ms = results::LatencySummary{1, 1, 1, 1, 1, 1, 1, 1};
        if (timeouts == 0) {
            trial.response_time_ms = results::LatencySummary{9, 9, 9, 9, 9, 9, 9, 9};
        } else {
            lose(trial, timeouts + 1);
        }
        trials.push_back(trial);
    }
    const auto results = suite_of(trials, 1, "rate");
    const auto table = make_tables(results).front();
    EXPECT_EQ(table.rows[0].server, "honest");
    const Row& dropper = table.rows[1];
    EXPECT_TRUE(dropper.p99_ms->at_least);
    EXPECT_EQ(shown(dropper.p99_ms), "≥ 2,000");
    EXPECT_EQ(shown(dropper.p50_ms), "1.00");
    EXPECT_THAT(captions(table), Contains("Percentiles are of the answered requests; one with ≥ "
                                          "lies among those that were lost."));
}

TEST(Percentiles, OneThatIsOnlyBoundStandsBehindALargerOneThatIsKnown) {
    std::vector<Trial> trials;
    for (std::uint32_t round = 1; round <= 3; ++round) {
        // Both lost too much: the one requests, the other connections without one answer.
        auto losing = trial_of({"a-losing", 1'000, Verdict::load_limited}, round);
        losing.response_time_ms = results::LatencySummary{1, 1, 1, 1, 1, 1, 1, 1};
        lose(losing, 110);
        auto whole = trial_of({"whole", 1'000, Verdict::load_limited}, round);
        whole.response_time_ms = results::LatencySummary{9e3, 9e3, 9e3, 9e3, 9e3, 9e3, 9e3, 9e3};
        whole.connections = model::Connections{};
        whole.connections->asked = 64;
        whole.connections->never_answered = 8;
        trials.insert(trials.end(), {losing, whole});
    }
    const auto results = suite_of(trials, 3, "rate");
    const auto table = make_tables(results).front();
    EXPECT_EQ(table.rows[0].server, "whole");
    EXPECT_TRUE(table.rows[1].p99_ms->at_least);
    EXPECT_FALSE(table.rows[0].p99_ms->at_least);
    EXPECT_TRUE(table.rows[0].lost_too_much && table.rows[1].lost_too_much);
}

TEST(Percentiles, OfTooFewRequestsAreNotKnown) {
    auto trial = trial_of({"s", 10}, 1);
    trial.requests->planned = trial.requests->sent = trial.requests->ok = 99;
    trial.response_time_ms = results::LatencySummary{1, 1, 1, 1, 1, 1, 1, 1};
    const auto results = suite_of({trial}, 1);
    const auto table = make_tables(results).front();
    EXPECT_TRUE(table.rows.front().p50_ms);
    EXPECT_FALSE(table.rows.front().p99_ms);
}

TEST(OverReadings, AreABoundWhenTheMiddleIs) {
    const auto most = over_readings({{3, false}, {1, false}, {2'000, true}});
    EXPECT_EQ(most->median, 3);
    EXPECT_FALSE(most->at_least) << "one above the middle moves nothing";
    EXPECT_FALSE(most->spread()) << "how far it reaches is not known";
    EXPECT_TRUE(over_readings({{3, false}, {2'000, true}, {2'000, true}})->at_least);
    EXPECT_TRUE(over_readings({{3, false}, {2'000, true}})->at_least);
    EXPECT_TRUE(over_readings({{1, true}, {2, false}, {3, false}})->at_least);
    EXPECT_FALSE(over_readings({}));
}

TEST(Percentiles, AtARateOfASweepKnowTheirLosses) {
    auto trial = trial_of({"a", 900, Verdict::load_limited}, 1);
    results::LoadStep step;
    step.load = 500;
    step.p99_ms = 3;
    step.planned = 1'000;
    step.ok = 980;
    trial.sweep = results::Sweep{{}, {step}};
    const auto results = suite_of({trial}, 1, "sweep");
    const auto table = make_tables(results).front();
    ASSERT_EQ(table.rows.front().p99_ms_by_step.size(), 1U);
    EXPECT_EQ(shown(table.rows.front().p99_ms_by_step.front()), "≥ 2,000");
}

}  // namespace
}  // namespace benchhost::report

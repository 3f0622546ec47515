// Several rates in turn, on servers that are played.
#include "core/trial/sweep_trial.hpp"

#include "tests/fixtures/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using model::Outcome;
using model::Verdict;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SweepTrialTest : public suite::fakes::SuiteTest {
  protected:
    void load_with_sweep(const std::vector<model::SweepRate>& rates) {
        load_with(model::RateSweep{rates, model::Arrivals::constant, 20});
    }
    results::Trial sweep(const std::vector<model::SweepRate>& rates) {
        load_with_sweep(rates);
        return run_one();
    }
    static std::vector<double> loads_of(const results::Trial& trial) {
        std::vector<double> loads;
        for (const auto& step : trial.sweep->steps) {
            loads.push_back(step.load);
        }
        return loads;
    }
};

TEST_F(SweepTrialTest, SharesAreOfWhatAClosedLoopReachedBefore) {
    play_.roles["a"].capacity = 2000;
    const auto trial = sweep({{0.5, true}, {0.9, true}, {1.2, true}});
    EXPECT_EQ(trial.outcome, Outcome::ok) << trial.reason.value_or("");
    ASSERT_TRUE(trial.sweep);
    EXPECT_EQ(trial.sweep->capacity_per_s, 2000);
    EXPECT_THAT(loads_of(trial), ElementsAre(1000, 1800, 2400));
    EXPECT_TRUE(trial.sweep->steps[1].passed);
    EXPECT_FALSE(trial.sweep->steps[2].passed);
    EXPECT_EQ(trial.sweep->steps[2].share, 1.2);
    EXPECT_EQ(trial.requests_per_s, 1800) << "of the highest that was wholly answered";
    EXPECT_EQ(trial.verdict, Verdict::load_limited);
    ASSERT_EQ(play_.loads.size(), 4U);
    EXPECT_EQ(std::get<model::ClosedLoop>(play_.loads[0].model).connections, 20U);
    EXPECT_THAT(play_.launched, ElementsAre("a")) << "one server for all rates";
}

TEST_F(SweepTrialTest, RatesNeedNoCapacityAndMayComeInAnyOrder) {
    const auto trial = sweep({{1500, false}, {900, false}, {300, false}});
    EXPECT_FALSE(trial.sweep->capacity_per_s);
    EXPECT_THAT(loads_of(trial), ElementsAre(1500, 900, 300));
    EXPECT_EQ(trial.requests_per_s, 900);
}

TEST_F(SweepTrialTest, WhenNoRateIsWhollyAnsweredTheFirstStandsIn) {
    const auto trial = sweep({{1500, false}, {3000, false}});
    EXPECT_EQ(trial.outcome, Outcome::ok);
    EXPECT_EQ(trial.requests_per_s, 1000);
    EXPECT_EQ(trial.requests->planned, 15000U);
    EXPECT_EQ(trial.verdict, Verdict::server_bound);
}

TEST_F(SweepTrialTest, AStepSaysThatTheMachineSpoiltIt) {
    play_.meanwhile = [&](auto&, std::size_t number) { play_.loads_to_spoil = number == 1; };
    const auto trial = sweep({{100, false}, {200, false}});
    EXPECT_TRUE(trial.sweep->steps[0].passed);
    EXPECT_THAT(trial.sweep->steps[0].why, HasSubstr("machine-bound: rank 0"));
    EXPECT_EQ(trial.verdict, Verdict::load_limited) << "of the step of 200";
}

TEST_F(SweepTrialTest, AStepSaysThatTheLinkWasItsLimit) {
    play_.roles["a"].capacity = 150;
    play_.meanwhile = [](auto& report, std::size_t) {
        report.round_trip = std::chrono::milliseconds(1);
        report.link_ceiling = 150;
    };
    const auto trial = sweep({{100, false}, {200, false}});
    EXPECT_TRUE(trial.sweep->steps[0].passed);
    EXPECT_EQ(trial.sweep->steps[0].verdict, Verdict::load_limited);
    EXPECT_FALSE(trial.sweep->steps[1].passed);
    EXPECT_EQ(trial.sweep->steps[1].verdict, Verdict::link_bound);
    EXPECT_THAT(trial.sweep->steps[1].why, HasSubstr("; link-bound: "));
}

TEST_F(SweepTrialTest, ACapacityThatWasNotTheServersIsNoted) {
    play_.loads_to_spoil = 1;
    const auto trial = sweep({{0.5, true}});
    EXPECT_THAT(trial.notes, Contains(HasSubstr("closed loop that measured the capacity was")));
}

TEST_F(SweepTrialTest, AServerThatDiesAtARateFailsItsRow) {
    play_.roles["a"].dies_from = 800;
    const auto trial = sweep({{500, false}, {900, false}, {950, false}});
    EXPECT_EQ(trial.outcome, Outcome::failed);
    EXPECT_EQ(trial.reason, "killed by SIGSEGV while serving");
    EXPECT_THAT(loads_of(trial), ElementsAre(500));
    EXPECT_EQ(play_.loads.size(), 2U);
}

TEST_F(SweepTrialTest, InterruptedInTheMiddleItLeavesNoTrial) {
    play_.meanwhile = [&](auto&, std::size_t number) { play_.interrupted = number == 2; };
    load_with_sweep({{100, false}, {200, false}, {300, false}});
    const auto results = run();
    EXPECT_THAT(results.trials, IsEmpty());
    EXPECT_EQ(play_.loads.size(), 2U);
}

}  // namespace
}  // namespace benchhost::trial

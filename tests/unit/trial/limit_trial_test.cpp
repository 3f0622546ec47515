// The search for a server's limit, on servers whose limit is known.
#include "core/trial/limit_trial.hpp"

#include "tests/fixtures/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using model::Outcome;
using model::Verdict;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;

class LimitTrialTest : public suite::fakes::SuiteTest {
  protected:
    static model::LimitSearch search_by_rate() {
        model::LimitSearch search;
        search.of = model::LimitSearch::Of::rate;
        search.start = 100;
        search.step = 100;
        search.step_duration = seconds(5);
        return search;
    }
    results::Trial search(const model::LimitSearch& search) {
        load_with(search);
        return run_one();
    }
};

TEST_F(LimitTrialTest, FindsTheRateThatAServerBears) {
    play_.roles["a"].capacity = 1234;
    const auto trial = search(search_by_rate());
    EXPECT_EQ(trial.outcome, Outcome::ok) << trial.reason.value_or("");
    ASSERT_TRUE(trial.limit);
    EXPECT_EQ(trial.limit->of, "rate");
    EXPECT_THAT(trial.limit->highest_ok, ::testing::Optional(AllOf(Ge(1224), Le(1234))));
    EXPECT_THAT(trial.limit->first_failed, ::testing::Optional(AllOf(Ge(1235), Le(1245))));
    EXPECT_EQ(trial.verdict, Verdict::server_bound);
    EXPECT_EQ(trial.requests_per_s, trial.limit->highest_ok) << "the numbers are of that step";
    EXPECT_THAT(trial.notes, IsEmpty());
    for (const auto& step : trial.limit->steps) {
        EXPECT_EQ(step.passed, step.load <= 1234) << step.load << ": " << step.why;
    }
}

TEST_F(LimitTrialTest, FindsHowManyUsersAServerBears) {
    auto users = search_by_rate();
    users.of = model::LimitSearch::Of::users;
    users.spawn_rate = 100;
    users.think_time = {seconds(1), seconds(3)};
    play_.roles["a"].capacity = 400;
    const auto trial = search(users);
    EXPECT_EQ(trial.outcome, Outcome::ok) << trial.reason.value_or("");
    ASSERT_TRUE(trial.limit);
    EXPECT_THAT(trial.limit->highest_ok, ::testing::Optional(AllOf(Ge(790), Le(800))));
}

TEST_F(LimitTrialTest, AServerThatAStepKillsIsReplacedAndTheSearchGoesOn) {
    play_.roles["a"].dies_from = 650;
    const auto trial = search(search_by_rate());
    EXPECT_EQ(trial.outcome, Outcome::ok) << trial.reason.value_or("");
    ASSERT_TRUE(trial.limit);
    EXPECT_THAT(trial.limit->highest_ok, ::testing::Optional(AllOf(Ge(640), Le(649))));
    EXPECT_THAT(trial.limit->why, HasSubstr("the server died: killed by SIGSEGV"));
    EXPECT_THAT(trial.log_tail, IsEmpty()) << "of a trial that is whole";
    const auto deaths = std::count_if(trial.limit->steps.begin(), trial.limit->steps.end(),
                                      [](const auto& step) { return !step.passed; });
    EXPECT_THAT(static_cast<std::ptrdiff_t>(play_.launched.size()), AllOf(Ge(deaths), Ge(2)));
}

TEST_F(LimitTrialTest, SaysWhenNoFreshServerComesUp) {
    play_.roles["a"].dies_from = 650;
    play_.meanwhile = [&](auto&, std::size_t) {
        if (play_.fault) {
            play_.roles["a"].does_not_start =
                process::ServerFault{process::Stage::ready, "its port is taken", {}};
        }
    };
    const auto trial = search(search_by_rate());
    ASSERT_TRUE(trial.limit);
    EXPECT_THAT(trial.limit->why,
                HasSubstr("no fresh server came up after it: ready: its port is taken"));
    EXPECT_EQ(trial.outcome, Outcome::failed) << "nothing was confirmed";
}

TEST_F(LimitTrialTest, AServerThatBearsNothingFails) {
    play_.roles["a"].capacity = 0.1;
    const auto trial = search(search_by_rate());
    EXPECT_EQ(trial.outcome, Outcome::failed);
    EXPECT_THAT(trial.reason.value_or(""), HasSubstr("no load was confirmed without failure"));
    EXPECT_FALSE(trial.limit->highest_ok);
}

TEST_F(LimitTrialTest, AboveTheMostNothingIsTried) {
    auto capped = search_by_rate();
    capped.most = 500;
    const auto trial = search(capped);
    EXPECT_EQ(trial.limit->highest_ok, 500);
    EXPECT_FALSE(trial.limit->first_failed);
    EXPECT_EQ(trial.verdict, Verdict::load_limited);
}

TEST_F(LimitTrialTest, AFailedStepThatTheMachineSpoiltIsRunAgain) {
    play_.roles["a"].capacity = 150;
    play_.meanwhile = [&](auto&, std::size_t number) { play_.loads_to_spoil = number == 2; };
    const auto trial = search(search_by_rate());
    EXPECT_EQ(trial.outcome, Outcome::ok);
    EXPECT_THAT(trial.notes, Contains(HasSubstr("was run again: machine-bound, rank 0")));
    EXPECT_EQ(trial.limit->steps.size() + 1, play_.loads.size());
    EXPECT_EQ(trial.verdict, Verdict::server_bound);
}

TEST_F(LimitTrialTest, AMachineThatStaysBusyPutsTheLimitOutOfReach) {
    play_.roles["a"].capacity = 350;
    play_.meanwhile = [&](auto& report, std::size_t) {
        play_.loads_to_spoil = report.books.unsent > 0 ? 1 : 0;
    };
    const auto trial = search(search_by_rate());
    EXPECT_EQ(trial.outcome, Outcome::ok);
    EXPECT_EQ(trial.verdict, Verdict::machine_bound) << trial.verdict_why.value_or("");
    EXPECT_FALSE(trial.limit->first_failed);
}

TEST_F(LimitTrialTest, ALinkThatLetsNoMoreThroughPutsTheLimitOutOfReach) {
    // What 350 a second are the most of, on so many connections over so long a way.
    play_.roles["a"].capacity = 350;
    play_.meanwhile = [](auto& report, std::size_t) {
        report.round_trip = std::chrono::milliseconds(1);
        report.link_ceiling = 350;
    };
    const auto trial = search(search_by_rate());
    EXPECT_EQ(trial.outcome, Outcome::ok) << trial.reason.value_or("");
    EXPECT_EQ(trial.verdict, Verdict::link_bound) << trial.verdict_why.value_or("");
    EXPECT_FALSE(trial.limit->first_failed);
    EXPECT_THAT(trial.limit->highest_ok, ::testing::Optional(Le(350)));
}

TEST_F(LimitTrialTest, OnSharedProcessorsTheLimitIsMachineBound) {
    suite_.cpus.shared = true;
    const auto trial = search(search_by_rate());
    EXPECT_EQ(trial.verdict, Verdict::machine_bound);
    EXPECT_THAT(trial.limit->highest_ok, ::testing::Optional(AllOf(Ge(990), Le(1000))));
}

TEST_F(LimitTrialTest, WhenItsTimeIsOverItOnlyConfirmsWhatItFound) {
    auto hurried = search_by_rate();
    hurried.resolution = 0.01;
    const auto patient = search(hurried);
    play_.loads.clear();
    std::filesystem::remove_all(directory_ / "out");
    hurried.search_time = seconds(30);
    const auto trial = search(hurried);
    EXPECT_LT(trial.limit->steps.size(), patient.limit->steps.size());
    EXPECT_EQ(trial.outcome, Outcome::ok);
    ASSERT_TRUE(trial.limit->highest_ok);
    EXPECT_LT(*trial.limit->highest_ok, *patient.limit->highest_ok);
}

TEST_F(LimitTrialTest, InterruptedInTheMiddleItLeavesNoTrial) {
    load_with(search_by_rate());
    play_.meanwhile = [&](auto&, std::size_t number) { play_.interrupted = number == 3; };
    const auto results = run();
    EXPECT_TRUE(results.interrupted);
    EXPECT_THAT(results.trials, IsEmpty());
    EXPECT_EQ(play_.loads.size(), 3U);
}

}  // namespace
}  // namespace benchhost::trial

#include "core/trial/limit_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace benchhost::trial {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

model::LimitSearch model(double start, double step) {
    model::LimitSearch search;
    search.of = model::LimitSearch::Of::rate;
    search.start = start;
    search.step = step;
    search.resolution = 0.02;
    return search;
}

LimitObservation right() {
    LimitObservation seen;
    seen.planned = seen.ok = 1000;
    seen.p99 = 5ms;
    return seen;
}

LimitObservation wrong() {
    LimitObservation seen = right();
    seen.ok = 900;
    seen.failed = 100;
    seen.first_failure = "timeout: no answer within 2000 ms";
    return seen;
}

// Drives the search against a server that passes as `bears` says; the loads tried, in order.
std::vector<double> drive(LimitSearch& search, const std::function<bool(double)>& bears) {
    std::vector<double> tried;
    while (const auto load = search.next_load()) {
        tried.push_back(*load);
        search.observe(bears(*load) ? right() : wrong());
        EXPECT_LE(tried.size(), LimitSearch::kMostSteps);
    }
    return tried;
}

std::function<bool(double)> up_to(double limit) {
    return [limit](double load) { return load <= limit; };
}

TEST(LimitSearch, BracketsUpBisectsAndRepeatsAtTheBorder) {
    LimitSearch search(model(100, 100));
    EXPECT_THAT(drive(search, up_to(333)),
                ElementsAre(100, 200, 400, 300, 350, 325, 337, 331, 331, 337));
    const auto outcome = search.outcome();
    EXPECT_EQ(outcome.highest_ok, 331);
    EXPECT_EQ(outcome.first_failed, 337);
    EXPECT_THAT(outcome.why, AllOf(HasSubstr("100 of 1000"), HasSubstr("no answer within")));
}

TEST(LimitSearch, BracketsDownWhenTheStartIsTooMuch) {
    LimitSearch search(model(1000, 100));
    const auto tried = drive(search, up_to(90));
    EXPECT_EQ(tried[1], 500);
    EXPECT_EQ(tried[2], 250);
    EXPECT_EQ(search.outcome().highest_ok.value_or(0), 85);
    EXPECT_LE(*search.outcome().first_failed - *search.outcome().highest_ok,
              search.resolution(*search.outcome().highest_ok));
}

TEST(LimitSearch, EvenTheLeastLoadMayFail) {
    LimitSearch search(model(8, 4));
    const auto tried = drive(search, up_to(0));
    EXPECT_THAT(tried, ElementsAre(8, 4, 2, 1, 1));
    EXPECT_FALSE(search.outcome().highest_ok.has_value());
    EXPECT_EQ(search.outcome().first_failed, 1);
}

TEST(LimitSearch, TheReportedLoadIsAlwaysOneThatWasMeasuredAndConfirmed) {
    for (double limit = 1; limit < 2000; limit += 7) {
        for (const double start : {1.0, 50.0, 700.0, 5000.0}) {
            LimitSearch search(model(start, 60));
            drive(search, up_to(limit));
            const auto outcome = search.outcome();
            ASSERT_TRUE(outcome.highest_ok.has_value()) << limit << " from " << start;
            ASSERT_LE(*outcome.highest_ok, limit);
            ASSERT_TRUE(outcome.first_failed.has_value());
            ASSERT_GT(*outcome.first_failed, limit);
            ASSERT_LE(*outcome.first_failed - *outcome.highest_ok,
                      search.resolution(*outcome.highest_ok));
            const auto passes = std::count_if(
                search.steps().begin(), search.steps().end(), [&](const LimitSearch::Step& step) {
                    return step.load == *outcome.highest_ok && step.passed;
                });
            ASSERT_GE(passes, 2);
        }
    }
}

TEST(LimitSearch, ALuckyPassAtTheBorderIsTakenBack) {
    LimitSearch search(model(100, 100));
    int at_350 = 0;
    drive(search, [&](double load) {
        // 350 passes by luck the first time and fails ever after.
        return load < 350 || (load == 350 && ++at_350 == 1);
    });
    EXPECT_LT(*search.outcome().highest_ok, 350);
    EXPECT_GE(*search.outcome().highest_ok, 340);
    EXPECT_EQ(search.outcome().first_failed, 350);
}

TEST(LimitSearch, AnUnluckyFailureIsTakenBackAndTheSearchGoesOn) {
    LimitSearch search(model(100, 100));
    int at_200 = 0;
    drive(search, [&](double load) { return load == 200 ? ++at_200 != 1 : load <= 520; });
    EXPECT_GE(*search.outcome().highest_ok, 510);
    EXPECT_LE(*search.outcome().highest_ok, 520);
    EXPECT_EQ(at_200, 3);
}

TEST(LimitSearch, EndsHoweverNoisyTheServerIs) {
    std::mt19937_64 random(5);
    for (int round = 0; round < 300; ++round) {
        LimitSearch search(model(100, 50));
        drive(search, [&](double load) {
            const double chance = 1 / (1 + std::exp((load - 400) / 60));
            return std::uniform_real_distribution<>(0, 1)(random) < chance;
        });
        const auto outcome = search.outcome();
        if (outcome.highest_ok && outcome.first_failed) {
            ASSERT_LT(*outcome.highest_ok, *outcome.first_failed);
        }
        ASSERT_FALSE(outcome.why.empty());
    }
}

TEST(LimitSearch, FindsAHighLimitInFewStepsForTheyDouble) {
    LimitSearch search(model(1000, 1000));
    const auto tried = drive(search, up_to(70'000));
    EXPECT_LE(tried.size(), 16U);
    EXPECT_GE(search.outcome().highest_ok.value_or(0), 68'000);
    EXPECT_EQ(*std::max_element(tried.begin(), tried.end()), 128'000);
}

TEST(LimitSearch, NothingAboveTheMostIsTried) {
    auto limited = model(100, 100);
    limited.most = 250;
    LimitSearch search(limited);
    EXPECT_THAT(drive(search, up_to(1e9)), ElementsAre(100, 200, 250, 250));
    EXPECT_EQ(search.outcome().highest_ok, 250);
    EXPECT_FALSE(search.outcome().first_failed.has_value());
    EXPECT_FALSE(search.outcome().out_of_reach);
    EXPECT_THAT(search.outcome().why, HasSubstr("250"));
}

// What the generator cannot bring to bear is no limit of the server; what is below it is confirmed.
TEST(LimitSearch, ConfirmsTheHighestLoadThatTheGeneratorReaches) {
    LimitSearch search(model(100, 100));
    std::vector<double> tried;
    while (const auto load = search.next_load()) {
        tried.push_back(*load);
        auto seen = *load <= 550 ? right() : wrong();
        seen.not_the_server =
            VerdictWithReason{model::Verdict::client_bound, "the generator used 97 % of its core"};
        search.observe(seen);
    }
    EXPECT_THAT(tried, ElementsAre(100, 200, 400, 800, 600, 500, 500));
    const auto outcome = search.outcome();
    EXPECT_EQ(outcome.highest_ok, 500);
    EXPECT_FALSE(outcome.first_failed.has_value());
    EXPECT_TRUE(outcome.out_of_reach);
    EXPECT_THAT(outcome.why, AllOf(HasSubstr("600 could not be tried"), HasSubstr("generator")));
}

TEST(LimitSearch, GoesDownWhenEvenTheStartIsOutOfReach) {
    LimitSearch search(model(1000, 100));
    while (const auto load = search.next_load()) {
        auto seen = *load <= 300 ? right() : wrong();
        seen.not_the_server =
            VerdictWithReason{model::Verdict::client_bound, "no descriptor is left"};
        search.observe(seen);
    }
    EXPECT_TRUE(search.outcome().out_of_reach);
    EXPECT_GE(search.outcome().highest_ok.value_or(0), 200);
}

TEST(LimitSearch, AFailureBelowTheCeilingIsTheServersLimit) {
    LimitSearch search(model(100, 100));
    while (const auto load = search.next_load()) {
        auto seen = *load <= 250 ? right() : wrong();
        if (*load >= 400) {
            seen.not_the_server = VerdictWithReason{model::Verdict::client_bound,
                                                    "the generator used 97 % of its core"};
        }
        search.observe(seen);
    }
    EXPECT_FALSE(search.outcome().out_of_reach);
    EXPECT_GE(search.outcome().highest_ok.value_or(0), 240);
    EXPECT_GT(search.outcome().first_failed.value_or(0), 250);
}

TEST(LimitSearch, StopsNarrowingAtTheResolution) {
    auto coarse = model(100, 100);
    coarse.resolution = 0.25;
    LimitSearch search(coarse);
    EXPECT_THAT(drive(search, up_to(333)), ElementsAre(100, 200, 400, 300, 350, 300, 350));
    EXPECT_EQ(search.outcome().highest_ok, 300);
    EXPECT_EQ(search.outcome().first_failed, 350);
}

TEST(LimitSearch, WithoutTimeConfirmsTheBorderThatWasFound) {
    LimitSearch search(model(100, 100));
    for (const bool passes : {true, true, false}) {
        ASSERT_TRUE(search.next_load().has_value());
        search.observe(passes ? right() : wrong());
    }
    search.stop_exploring();
    EXPECT_THAT(drive(search, up_to(333)), ElementsAre(200, 400));
    EXPECT_EQ(search.outcome().highest_ok, 200);
    EXPECT_EQ(search.outcome().first_failed, 400);
}

TEST(LimitSearch, WithoutTimeStillLooksForALoadThatIsBorne) {
    LimitSearch search(model(1000, 100));
    search.stop_exploring();
    EXPECT_THAT(drive(search, up_to(333)), ElementsAre(1000, 500, 250, 250, 500));
    EXPECT_EQ(search.outcome().highest_ok, 250);
}

TEST(LimitSearch, WithoutTimeBeforeAnythingFailedSaysSo) {
    LimitSearch search(model(100, 100));
    search.observe(right());
    search.observe(right());
    search.stop_exploring();
    EXPECT_THAT(drive(search, up_to(1e9)), ElementsAre(200));
    EXPECT_EQ(search.outcome().highest_ok, 200);
    EXPECT_FALSE(search.outcome().first_failed.has_value());
    EXPECT_THAT(search.outcome().why, HasSubstr("no time was left to try more than 200"));
}

TEST(LimitSearch, ADisturbanceDoesNotExcuseWhatFailedBefore) {
    LimitSearch search(model(100, 100));
    int at_400 = 0;
    while (const auto load = search.next_load()) {
        auto seen = *load < 400 ? right() : wrong();
        if (*load == 400 && ++at_400 > 1) {
            seen.not_the_server = VerdictWithReason{
                model::Verdict::machine_bound, "the hypervisor took 30 % of the processor time"};
        }
        search.observe(seen);
    }
    EXPECT_FALSE(search.outcome().out_of_reach);
    EXPECT_EQ(search.outcome().first_failed, 400);
    EXPECT_THAT(search.outcome().why, HasSubstr("100 of 1000"));
}

TEST(LimitSearch, ADisturbanceBelowAFailureLeavesTheFailureWhatItIs) {
    LimitSearch search(model(100, 100));
    while (const auto load = search.next_load()) {
        auto seen = *load < 300 ? right() : wrong();
        if (*load < 400) {
            seen.not_the_server = VerdictWithReason{
                model::Verdict::machine_bound, "the hypervisor took 30 % of the processor time"};
        }
        search.observe(seen);
    }
    EXPECT_FALSE(search.outcome().out_of_reach);
    EXPECT_EQ(search.outcome().highest_ok, 200);
    EXPECT_EQ(search.outcome().first_failed, 400);
}

TEST(LimitSearch, TheObjectiveAndTheShareOfFailuresDecide) {
    model::LimitSearch with_objective = model(100, 100);
    with_objective.slo_p99 = 10ms;
    with_objective.fail_above = 0.01;
    LimitSearch search(with_objective);
    LimitObservation seen = right();
    seen.failed = 10;
    seen.ok = 990;
    search.observe(seen);
    EXPECT_TRUE(search.steps().back().passed) << "1 % is allowed";
    seen.failed = 11;
    seen.ok = 989;
    search.observe(seen);
    EXPECT_THAT(search.steps().back().why, HasSubstr("11 of 1000"));
    seen = right();
    seen.p99 = 10ms + 1ns;
    search.observe(seen);
    EXPECT_THAT(search.steps().back().why, HasSubstr("objective is 10 ms"));
}

TEST(LimitSearch, RequestsThatCouldNotBeSentCountAsFailed) {
    LimitSearch search(model(100, 100));
    LimitObservation seen = right();
    seen.ok = 600;
    seen.not_sent = 400;
    search.observe(seen);
    EXPECT_THAT(search.steps().back().why, HasSubstr("could not be sent"));
}

TEST(LimitSearch, AStepThatFellShortFailsThoughAllWasAnsweredInTheEnd) {
    LimitSearch search(model(100, 100));
    LimitObservation seen = right();
    EXPECT_EQ(search.why_failed(seen), "");
    seen.fell_short = "fell behind";
    EXPECT_EQ(search.why_failed(seen), "fell behind");
}

TEST(LimitSearch, AnObjectiveIsNotMetByLosingTheSlowOnes) {
    auto lenient = model(100, 100);
    lenient.fail_above = 0.05;
    lenient.slo_p99 = 10ms;
    LimitObservation seen = right();
    seen.ok = 980;
    seen.failed = 20;
    seen.p99 = 1ms;
    seen.p99_was_lost = true;
    EXPECT_THAT(LimitSearch(lenient).why_failed(seen), HasSubstr("p99 lies among the 20 of 1000"));
}

TEST(LimitSearch, AStepWithoutOneAnswerFails) {
    LimitSearch search(model(100, 100));
    search.observe({});
    EXPECT_THAT(search.steps().back().why, HasSubstr("not one right answer"));
}

TEST(LimitObservation, IsReadFromAReport) {
    load::LoadReport report;
    report.duration = 2s;
    report.books.planned = 100;
    report.books.sent = 95;
    report.books.ok = 90;
    report.books.failed = 3;
    report.books.unfinished = 2;
    report.books.shed = 4;
    report.books.unsent = 1;
    report.failures.add(model::FailureClass::bad_status, "status 503");
    report.failures.add(model::FailureClass::bad_status, "");
    report.failures.add(model::FailureClass::timeout, "nothing");
    report.response_time.record(7ms, 90);
    report.series.push_back({0, 40, 1, {}, {}});
    report.series.push_back({1, 45, 2, {}, {}});
    report.ended = {0, 95, 90, 5, 0, 0};
    const LimitObservation seen =
        observe(report, model::OpenLoop{50, model::Arrivals::constant, {}, 1});
    EXPECT_EQ(seen.failed, 5U);
    EXPECT_EQ(seen.not_sent, 5U);
    EXPECT_DOUBLE_EQ(seen.requests_per_s, 45);
    EXPECT_TRUE(seen.p99_was_lost);
    EXPECT_THAT(seen.fell_short, HasSubstr("90 of 100 requests"));
    EXPECT_EQ(seen.first_failure, "bad-status: status 503");
    EXPECT_NEAR(to_milliseconds(seen.p99.value_or(0ns)), 7, 0.01);
}

}  // namespace
}  // namespace benchhost::trial

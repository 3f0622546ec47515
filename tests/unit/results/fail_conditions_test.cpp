// What a user has called a failure, held against trials.
#include "core/results/fail_conditions.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::results {
namespace {

using namespace std::chrono_literals;

/// Of a thousand requests so many were answered; milliseconds 1 (mean) to 8 (max).
Trial trial_with(std::uint64_t ok, double rate = 1000) {
    Trial trial;
    trial.outcome = model::Outcome::ok;
    trial.requests = Requests{};
    trial.requests->planned = trial.requests->sent = 1000;
    trial.requests->ok = ok;
    if (ok < 1000) {
        trial.requests->failed["timeout"] = 1000 - ok;
    }
    trial.response_time_ms = LatencySummary{1, 2, 3, 4, 5, 6, 7, 8};
    trial.requests_per_s = rate;
    return trial;
}

std::string met(const std::string& condition, const std::vector<Trial>& trials,
                std::optional<Nanoseconds> timeout = 2s) {
    std::vector<const Trial*> all;
    for (const auto& trial : trials) {
        all.push_back(&trial);
    }
    return met_by(model::parse_fail_condition(condition).value(), all, timeout).value_or("not met");
}

TEST(FailConditionsMet, EachFigureIsItsOwn) {
    const std::vector<Trial> trials{trial_with(1000)};
    const std::vector<std::string> names{"mean", "p50", "p75", "p90", "p95", "p99", "p99.9", "max"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto value = std::to_string(i + 1);
        EXPECT_EQ(met(names[i] + ">" + value + "ms", trials), "not met") << "it is the border";
        EXPECT_EQ(met(names[i] + "<" + value + "ms", trials), "not met");
        const auto above = names[i] + ">" + std::to_string(i) + ".9ms";
        EXPECT_EQ(met(above, trials), names[i] + " is " + value + ".000 ms (" + above + ")");
        const auto below = names[i] + "<" + value + ".1ms";
        EXPECT_EQ(met(below, trials), names[i] + " is " + value + ".000 ms (" + below + ")");
    }
}

TEST(FailConditionsMet, OfTheRateBothSides) {
    EXPECT_EQ(met("rate<1k/s", {trial_with(1000)}), "not met");
    EXPECT_EQ(met("rate<1001", {trial_with(1000)}), "rate is 1000.0/s (rate<1001)");
    EXPECT_EQ(met("rate>999", {trial_with(1000)}), "rate is 1000.0/s (rate>999)");
}

TEST(FailConditionsMet, OfWhatFailedEverythingThatWasLostCounts) {
    EXPECT_EQ(met("failed>0", {trial_with(1000)}), "not met");
    EXPECT_EQ(met("failed>0.2%", {trial_with(998)}), "not met");
    EXPECT_EQ(met("failed>0.1%", {trial_with(998)}), "failed is 0.2 % (failed>0.1%)");
    auto unfinished = trial_with(998);
    unfinished.requests->failed.clear();
    unfinished.requests->unfinished = 2;
    EXPECT_EQ(met("failed>0.1%", {unfinished}), "failed is 0.2 % (failed>0.1%)");
}

TEST(FailConditionsMet, APercentileAmongTheLostIsAtLeastTheTimeout) {
    EXPECT_EQ(met("p99>100ms", {trial_with(991)}), "not met");
    EXPECT_EQ(met("p99>100ms", {trial_with(980)}), "p99 is 2000.000 ms (p99>100ms)");
    EXPECT_EQ(met("p99>7ms", {trial_with(980)}, std::nullopt), "p99 is 8.000 ms (p99>7ms)")
        << "the longest answer";
}

TEST(FailConditionsMet, TheMedianOfTheTrialsCounts) {
    const auto rates = [](const std::vector<double>& each) {
        std::vector<Trial> trials;
        for (const double rate : each) {
            trials.push_back(trial_with(1000, rate));
        }
        return trials;
    };
    EXPECT_EQ(met("rate<500", rates({100, 900, 600})), "not met");
    EXPECT_EQ(met("rate<500", rates({900, 100, 400})), "rate is 400.0/s (rate<500)");
    EXPECT_EQ(met("rate<500", rates({450, 100, 540, 900})), "rate is 495.0/s (rate<500)");
    EXPECT_EQ(met("rate<500", rates({460, 100, 540, 900})), "not met");
}

TEST(FailConditionsMet, WhatIsNotKnownIsAFailure) {
    auto unanswered = trial_with(0);
    unanswered.response_time_ms.reset();
    unanswered.requests_per_s.reset();
    EXPECT_EQ(met("p99>1h", {unanswered}), "p99 is not known (p99>1h)");
    EXPECT_EQ(met("max>1h", {unanswered}), "max is not known (max>1h)");
    EXPECT_EQ(met("rate<1", {unanswered}), "rate is not known (rate<1)");
    EXPECT_EQ(met("failed>99%", {unanswered}), "failed is 100 % (failed>99%)");
    EXPECT_EQ(met("max>1h", {trial_with(1000), unanswered, trial_with(1000)}),
              "max is not known (max>1h)")
        << "of one of them";
    auto few = trial_with(1000);
    few.requests->planned = few.requests->ok = 99;
    EXPECT_EQ(met("p99>1h", {few}), "p99 is not known (p99>1h)") << "of 99 requests";
    EXPECT_EQ(met("p95>1h", {few}), "not met");
    EXPECT_EQ(met("mean>1h", {}), "mean is not known (mean>1h)");
}

}  // namespace
}  // namespace benchhost::results

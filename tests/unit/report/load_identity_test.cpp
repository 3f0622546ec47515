// Two stored results are compared where they measured the same thing.
#include "report/compare/comparison.hpp"
#include "tests/unit/report/trial_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace benchhost::report {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const compare::Gate kUsualGate;

// With all that a result says of what it measured.
results::ResultSet described_results(TrialSource& source) {
    auto results = source.results(10, {});
    results.limits = results::LimitsInfo{"0-1", "2-3", {{"nofile", 999'999}}};
    results.servers = {{"beast", "Boost.Beast", "1.81", {}, {{"threads", "2"}}}};
    auto& profile = results.profiles[0];
    profile.load = model::ClosedLoop{64};
    profile.duration = std::chrono::seconds(10);
    profile.timeout = std::chrono::seconds(2);
    profile.keep_alive = true;
    profile.verify = model::Verify::full;
    profile.payload = results::PayloadInfo{12, "7f83"};
    return results;
}

std::string why_not_compared(const results::ResultSet& base, const results::ResultSet& head) {
    const auto compared = compare::compare_results(base, head, kUsualGate);
    return compared ? "" : compared.error().message;
}

TEST(LoadIdentity, NamesEachThingThatWasMeasuredOtherwise) {
    TrialSource source(27);
    const auto base = described_results(source);
    const auto why = [&](auto change) {
        auto head = base;
        change(head, head.profiles[0]);
        return why_not_compared(base, head);
    };
    EXPECT_THAT(
        why([](auto&, auto& profile) { profile.timeout = std::chrono::seconds(10); }),
        HasSubstr("(beast under text was measured otherwise (timeout: 2s in base, 10s in head))"));
    EXPECT_THAT(why([](auto&, auto& profile) { profile.load = model::ClosedLoop{128}; }),
                HasSubstr("(connections: 64 in base, 128 in head)"));
    EXPECT_THAT(why([](auto&, auto& profile) {
                    profile.load = model::OpenLoop{
                        500, model::Arrivals::poisson, {{900, std::chrono::seconds(3)}}, 64};
                }),
                HasSubstr("(arrivals: nothing in base, poisson in head; load: closed in base, rate "
                          "in head; rate: nothing in base, 500 in head; stages[0].duration: "
                          "nothing in base, 3s in head; stages[0].rate: nothing in base, 900 in "
                          "head)"));
    EXPECT_THAT(why([](auto&, auto& profile) { profile.keep_alive = false; }),
                HasSubstr("(keep_alive: yes in base, no in head)"));
    EXPECT_THAT(why([](auto&, auto& profile) { profile.payload->sha256 = "aa"; }),
                HasSubstr("(payload.sha256: 7f83 in base, aa in head)"));
    EXPECT_THAT(why([](auto& head, auto&) { head.servers[0].options["threads"] = "4"; }),
                HasSubstr("(options.threads: 2 in base, 4 in head)"));
}

TEST(LoadIdentity, AnotherFileAnotherTimeoutAndAnotherLimitAreAllRefusedAndNamed) {
    TrialSource source(33);
    auto base = described_results(source);
    base.profiles[0].route = "file";
    base.profiles[0].payload = results::PayloadInfo{4096, "aa"};
    auto head = base;
    head.profiles[0].payload = results::PayloadInfo{262144, "bb"};
    head.profiles[0].timeout = std::chrono::seconds(10);
    head.limits->server["memory"] = 536'870'912;
    const auto why = why_not_compared(base, head);
    EXPECT_THAT(why, HasSubstr("limits.server.memory: nothing in base, 536870912 in head"));
    EXPECT_THAT(why, HasSubstr("payload.bytes: 4096 in base, 262144 in head"));
    EXPECT_THAT(why, HasSubstr("timeout: 2s in base, 10s in head"));
    EXPECT_THAT(why, HasSubstr("--force"));
    const auto forced = compare::compare_results(base, head, kUsualGate, true);
    ASSERT_TRUE(forced) << forced.error().message;
    EXPECT_THAT(forced->warnings, Contains(HasSubstr("payload.bytes: 4096 in base")));
}

TEST(LoadIdentity, AQuickRunIsNoBaseOfAWholeOne) {
    TrialSource source(34);
    auto base = described_results(source);
    auto head = base;
    base.quick = true;
    head.quick = false;
    EXPECT_THAT(why_not_compared(base, head),
                HasSubstr("base was measured with --quick and head was not"));
    EXPECT_THAT(why_not_compared(head, base),
                HasSubstr("head was measured with --quick and base was not"));
    head.quick = true;
    EXPECT_EQ(why_not_compared(base, head), "");
    head.quick.reset();
    base.quick = false;
    EXPECT_EQ(why_not_compared(base, head), "") << "an older benchhost did not say";
}

TEST(LoadIdentity, RefusesOtherLimitsAndProcessorsUnlessForced) {
    TrialSource source(31);
    const auto base = described_results(source);
    auto head = base;
    head.limits->server["nofile"] = 4096;
    EXPECT_TRUE(compare::compare_results(base, head, kUsualGate))
        << "what was in force is the same";
    head.trials[0].effective_limits["nofile"] = "4096";
    head.limits->client_cpus = "2";
    const auto refused = compare::compare_results(base, head, kUsualGate);
    ASSERT_FALSE(refused);
    EXPECT_THAT(
        refused.error().message,
        HasSubstr("(limits.client_cpus: 2-3 in base, 2 in head; limits.server.nofile: 999999 "
                  "in base, 4096 in head)"));
    EXPECT_TRUE(compare::compare_results(base, head, kUsualGate, true));
    head.limits.reset();
    EXPECT_TRUE(compare::compare_results(base, head, kUsualGate))
        << "an older benchhost did not keep them";
}

TEST(LoadIdentity, WhatMayDifferDoesNotMakeAnotherLoad) {
    TrialSource source(28);
    const auto base = described_results(source);
    auto head = base;
    head.seed = 77;
    head.profiles[0].description = "the same in other words";
    head.servers[0].version = "1.82";
    head.servers.push_back({"crow", {}, {}, {}, {{"threads", "1"}}});
    const auto compared = compare::compare_results(base, head, kUsualGate);
    ASSERT_TRUE(compared) << compared.error().message;
    EXPECT_THAT(compared->warnings, Not(Contains(HasSubstr("descriptions"))));
}

TEST(LoadIdentity, WhereOneSideHasOnlyADescriptionItDecidesAndThatIsSaid) {
    TrialSource source(29);
    const auto base = source.results(10, {});
    auto head = described_results(source);
    const auto compared = compare::compare_results(base, head, kUsualGate);
    ASSERT_TRUE(compared) << compared.error().message;
    EXPECT_THAT(compared->warnings,
                Contains(HasSubstr("taken for the same by their descriptions")));
    head.profiles[0].description = "512 connections";
    EXPECT_THAT(why_not_compared(base, head),
                HasSubstr("text is another load in head (/text, closed, 512 connections) than in "
                          "base (/text, closed, 64 connections)"));
}

}  // namespace
}  // namespace benchhost::report

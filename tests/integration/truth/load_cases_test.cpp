// `benchhost load` on servers that lose and delay known shares. Where the machine is noisy a row
// may say that it, or the generator, was the limit; what is false it may never say.
#include "core/results/losses.hpp"
#include "tests/integration/truth/counted.hpp"

#include <gmock/gmock.h>

#include <list>

namespace benchhost::fixtures {
namespace {

using namespace std::chrono_literals;
using model::Verdict;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Ne;
using ::testing::Optional;

class LoadCase : public TruthCase {};

TEST_F(LoadCase, CountsAgreeToTheRequest) {
    Counting server({"--fixed", "1"});
    const auto trial =
        load(server.url(), {"-c", "8", "-d", "500ms", "--warmup", "0", "--timeout", "20s"});
    const auto counts = server.stop();
    ASSERT_TRUE(trial.requests && trial.ended) << err_;
    // One request looks at the server beforehand.
    EXPECT_EQ(Counting::counted(counts, "requests"), trial.requests->sent + 1);
    EXPECT_EQ(Counting::counted(counts, "right"), trial.requests->ok + 1);
    EXPECT_EQ(trial.requests->failed_total(), 0U);
}

TEST_F(LoadCase, ConnectionsThatAreNeverAnsweredAreCountedAndNamed) {
    Counting server({"--fixed", "1", "--maxconn", "8"});
    const auto trial = load(server.url(), {"-c", "64", "-d", "1s", "--warmup", "300ms"});
    ASSERT_TRUE(trial.connections && trial.ended) << err_;
    EXPECT_EQ(trial.connections->asked, 64U);
    EXPECT_THAT(trial.connections->never_answered, Optional(::testing::Ge(56U)));
    EXPECT_TRUE(results::lost_too_much(trial));
    EXPECT_THAT(trial.verdict, Optional(AnyOf(Verdict::invalid, Verdict::machine_bound)))
        << said(trial);
    if (trial.verdict == Verdict::invalid) {
        EXPECT_THAT(trial.verdict_why.value_or(""), HasSubstr("under way over the whole window"));
    }
    EXPECT_EQ(exit_code_, 1);
}

TEST_F(LoadCase, WhatEndsInTheWindowFailsInItThoughItBeganBefore) {
    Counting server({"--fixed", "1", "--maxconn", "8"});
    const auto trial =
        load(server.url(), {"-c", "64", "-d", "1s", "--warmup", "500ms", "--timeout", "800ms"});
    ASSERT_TRUE(trial.ended) << err_;
    EXPECT_GE(trial.ended->failed_total(), 40U) << "of 56 connections, in the window";
    EXPECT_TRUE(results::lost_too_much(trial));
    EXPECT_EQ(exit_code_, 1);
}

TEST_F(LoadCase, WhoFallsBehindIsNotLoadLimited) {
    Counting server({"--serial-us", "1087"});
    const auto trial = load(server.url(), {"--rate", "1000", "-d", "4s", "-c", "256"});
    EXPECT_THAT(trial.verdict, Optional(Ne(Verdict::load_limited))) << said(trial);
    EXPECT_THAT(trial.verdict, Optional(AnyOf(Verdict::server_bound, Verdict::client_bound,
                                              Verdict::machine_bound, Verdict::not_known)))
        << said(trial);
    ASSERT_TRUE(trial.requests_per_s);
    EXPECT_LT(*trial.requests_per_s, 930) << "it bears 920/s";
    EXPECT_GT(*trial.requests_per_s, 100);
}

TEST_F(LoadCase, ClosedRateIsOfWhatEndedInTheWindow) {
    // Each of 8 connections is answered 5 times in a second, the last time after it.
    Counting server({"--fixed", "190"});
    const auto trial = load(server.url(), {"-c", "8", "-d", "1s", "--warmup", "0"});
    ASSERT_TRUE(trial.ended && trial.requests_per_s) << err_;
    EXPECT_LE(trial.ended->ok, 40U);
    EXPECT_LE(*trial.requests_per_s, 40.5);
    EXPECT_EQ(trial.ended->under_way_at_end, 8U);
}

TEST_F(LoadCase, APercentileAmongTheLostIsAtLeastTheTimeout) {
    Counting server({"--fixed", "1", "--hang", "0.02"});
    const auto trial =
        load(server.url(), {"--rate", "500", "-d", "3s", "--timeout", "500ms", "-c", "64"});
    ASSERT_TRUE(trial.requests) << err_;
    EXPECT_GT(trial.requests->failed_total(), 15U) << "one of a hundred, or more";
    const auto p99 = results::percentile(trial, &results::LatencySummary::p99, 500ms);
    ASSERT_TRUE(p99);
    EXPECT_TRUE(p99->at_least);
    EXPECT_GE(p99->ms, 500);
    const auto p50 = results::percentile(trial, &results::LatencySummary::p50, 500ms);
    ASSERT_TRUE(p50);
    EXPECT_FALSE(p50->at_least);
    EXPECT_TRUE(results::lost_too_much(trial));
    EXPECT_EQ(exit_code_, 1);
}

TEST_F(LoadCase, TheLuckOfPoissonArrivalsDecidesNoVerdict) {
    Counting server({"--fixed", "1"});
    for (int seed = 1; seed <= 8; ++seed) {
        const auto trial =
            load(server.url(), {"--rate", "500", "--arrivals", "poisson", "-d", "1s", "--warmup",
                                "100ms", "--seed", std::to_string(seed)});
        EXPECT_THAT(trial.verdict, Optional(AnyOf(Verdict::load_limited, Verdict::client_bound,
                                                  Verdict::machine_bound)))
            << "seed " << seed << ": " << said(trial);
    }
}

TEST_F(LoadCase, AKeptConnectionThatTheServerClosesIsNoFailure) {
    Counting server({"--idle-close", "250"});
    const auto trial = load(server.url(), {"--users", "300", "--spawn-rate", "1000", "--think-time",
                                           "150ms..350ms", "-d", "4s", "--warmup", "200ms"});
    ASSERT_TRUE(trial.requests && trial.ended && trial.connections) << err_;
    EXPECT_GT(trial.connections->closed_by_server, 100U) << "or nothing was tried";
    // Where the request lay unread when the server closed, its kernel sends a reset and nothing
    // else: that the server had not taken it cannot be told.
    for (const auto& [failure, seen] : trial.first_failures) {
        EXPECT_EQ(failure + ": " + seen, "reset-before-answer: recv: Connection reset by peer");
    }
    // Few where nobody is late; each that is closed would be one otherwise.
    EXPECT_LE(trial.requests->failed_total(), trial.connections->closed_by_server / 2);
}

}  // namespace
}  // namespace benchhost::fixtures

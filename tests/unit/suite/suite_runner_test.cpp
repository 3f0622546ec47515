// Whole suites on servers that are played.
#include "core/suite/suite_runner.hpp"

#include "tests/fixtures/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::suite {
namespace {

using model::Outcome;
using model::Verdict;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SuiteRunnerTest : public fakes::SuiteTest {};

TEST_F(SuiteRunnerTest, MeasuresEveryTrialOfThePlanOnAFreshServer) {
    play_.roles["b"].capacity = 500;
    plan(2);
    const auto results = run();
    EXPECT_FALSE(results.interrupted);
    EXPECT_THAT(play_.launched, ElementsAre("a", "b", "a", "b"));
    EXPECT_THAT(play_.ended, ElementsAre(0, 1, 2, 3));
    ASSERT_THAT(results.trials, SizeIs(4));
    const auto& trial = results.trials[1];
    EXPECT_EQ(trial.server, "b");
    ASSERT_THAT(results.servers, SizeIs(2));
    EXPECT_EQ(results.servers[1].id, "b");
    EXPECT_EQ(results.servers[1].name, "The server b");
    EXPECT_EQ(trial.outcome, Outcome::ok);
    EXPECT_EQ(trial.requests_per_s, 500);
    EXPECT_EQ(trial.response_time_ms->p50, 16);
    EXPECT_EQ(trial.verdict, Verdict::server_bound) << trial.verdict_why.value_or("");
    EXPECT_EQ(trial.took_s, 12) << "by the clock of the play: warm-up and window";
    EXPECT_FALSE(std::filesystem::exists(directory_ / "out" / "work"));
}

TEST_F(SuiteRunnerTest, EachRoundHasItsOwnSeed) {
    suite_.config.seed = 40;
    plan(2);
    run();
    std::vector<std::uint64_t> seeds;
    for (const auto& load : play_.loads) {
        seeds.push_back(load.seed);
    }
    EXPECT_THAT(seeds, ElementsAre(41, 41, 42, 42));
}

TEST_F(SuiteRunnerTest, AnOfferThatIsAnsweredIsLoadLimited) {
    model::OpenLoop open;
    open.rate = 800;
    load_with(open);
    play_.roles["b"].capacity = 700;
    const auto trials = run().trials;
    EXPECT_EQ(trials[0].verdict, Verdict::load_limited) << trials[0].verdict_why.value_or("");
    EXPECT_EQ(trials[1].verdict, Verdict::server_bound) << trials[1].verdict_why.value_or("");
    EXPECT_EQ(trials[1].requests->unsent, 1000U);
}

TEST_F(SuiteRunnerTest, TheGeneratorsCeilingMakesARowClientBound) {
    play_.ceiling = 1100;
    play_.meanwhile = [](auto& report, std::size_t) {
        report.client.max_thread_utilisation = 0.84;
        report.client.cpu = seconds(1);
    };
    const auto trial = run_one();
    EXPECT_EQ(trial.verdict, Verdict::client_bound) << trial.verdict_why.value_or("");
    EXPECT_EQ(trial.client_usage->ceiling_per_s, 1100);
}

TEST_F(SuiteRunnerTest, WrongAnswersAreInvalid) {
    play_.meanwhile = [](auto& report, std::size_t) {
        report.failures.add(model::FailureClass::bad_body, "Hello Wurst!");
        ++report.books.planned;
        ++report.books.sent;
        ++report.books.failed;
    };
    const auto trial = run_one();
    EXPECT_EQ(trial.verdict, Verdict::invalid);
    EXPECT_THAT(trial.verdict_why.value_or(""), HasSubstr("bad-body"));
}

TEST_F(SuiteRunnerTest, SharedProcessorsMakeEveryRowMachineBoundAndNoneIsRunAgain) {
    suite_.cpus.shared = true;
    const auto trials = run().trials;
    ASSERT_THAT(trials, SizeIs(2));
    EXPECT_EQ(trials[0].verdict, Verdict::machine_bound);
}

TEST_F(SuiteRunnerTest, ASpoiltTrialIsRunAgainAndGivesWay) {
    play_.loads_to_spoil = 2;
    const auto results = run();
    EXPECT_THAT(play_.launched, ElementsAre("a", "a", "a", "b"));
    std::vector<bool> superseded;
    for (const auto& trial : results.trials) {
        superseded.push_back(trial.superseded);
    }
    EXPECT_THAT(superseded, ElementsAre(true, true, false, false));
    EXPECT_EQ(results.trials[1].verdict, Verdict::machine_bound);
    EXPECT_EQ(results.trials[2].verdict, Verdict::server_bound);
    EXPECT_THAT(play_.ended, ElementsAre(0, 1));
    EXPECT_THAT(play_.warnings, ElementsAre(HasSubstr("a text round 1 is run again: rank 0"),
                                            HasSubstr("a text round 1 is run again")));
}

TEST_F(SuiteRunnerTest, RetriesEnd) {
    play_.loads_to_spoil = 100;
    suite_.config.retries = 3;
    const auto results = run();
    EXPECT_THAT(play_.launched, ElementsAre("a", "a", "a", "a", "b"))
        << "three for a trial, and as many over the whole suite";
    EXPECT_EQ(results.trials[3].verdict, Verdict::machine_bound);
    EXPECT_FALSE(results.trials[3].superseded);
}

TEST_F(SuiteRunnerTest, WaitsForACalmMachineLessAndLessWhileItStaysBusy) {
    suite_.config.calm = seconds(1);
    plan(3);
    std::vector<Nanoseconds> patience;
    auto journal = begin().value();
    SuiteContext context{generator_, observer_, play_.interrupted, &launcher_};
    context.wait_for_calm = [&](Nanoseconds most, const machine::WatchedCpus&,
                                const std::atomic<bool>&) {
        patience.push_back(most);
        return patience.size() == 5 ? milliseconds(7) : most;
    };
    const auto results = run_suite(suite_, journal, {}, context);
    ASSERT_TRUE(results) << results.error().message;
    EXPECT_THAT(patience, ElementsAre(seconds(1), milliseconds(500), milliseconds(250),
                                      milliseconds(200), milliseconds(200), seconds(1)));
    EXPECT_EQ(results->trials[1].calm_s, 0.5);
}

TEST_F(SuiteRunnerTest, ResumedItRunsOnlyWhatIsMissing) {
    plan(3);
    play_.meanwhile = [&](auto&, std::size_t number) { play_.interrupted = number == 4; };
    {
        auto journal = begin().value();
        const auto results = run(journal);
        EXPECT_TRUE(results.interrupted);
        EXPECT_THAT(results.trials, SizeIs(3)) << "the fourth was not whole";
    }
    play_.interrupted = false;
    play_.launched.clear();
    play_.ended.clear();
    auto journal = resume().value();
    const auto results = run(journal);
    EXPECT_FALSE(results.interrupted);
    EXPECT_THAT(results.trials, SizeIs(6));
    EXPECT_THAT(play_.launched, ElementsAre("b", "a", "b"));
    EXPECT_THAT(play_.ended, ElementsAre(3, 4, 5));
}

TEST_F(SuiteRunnerTest, ResumedItSaysWhichServersAreOfAnotherVersion) {
    for (auto& server : suite_.servers) {
        server.description.is_command = true;
    }
    play_.roles["a"].availability = play_.roles["b"].availability = {true, "", "1.20", {}};
    play_.meanwhile = [&](auto&, std::size_t number) { play_.interrupted = number == 2; };
    {
        auto journal = begin().value();
        EXPECT_EQ(run(journal).servers[1].version, "1.20");
    }
    play_.interrupted = false;
    play_.roles["b"].availability.version = "1.22";
    auto journal = resume().value();
    const auto results = run(journal);
    EXPECT_THAT(play_.warnings,
                ElementsAre("b was version 1.20 when the suite was begun and is 1.22 now"));
    EXPECT_EQ(results.servers[1].version, "1.22");
    EXPECT_EQ(results.servers[1].details.at("version at first"), "1.20");
    EXPECT_EQ(results.servers[0].details.count("version at first"), 0U);
}

TEST_F(SuiteRunnerTest, ASpoiltAttemptCountsUntilAnotherStandsInForIt) {
    play_.loads_to_spoil = 1;
    play_.meanwhile = [&](auto&, std::size_t number) { play_.interrupted = number == 2; };
    {
        auto journal = begin().value();
        const auto results = run(journal);
        ASSERT_THAT(results.trials, SizeIs(1));
        EXPECT_EQ(results.trials[0].verdict, Verdict::machine_bound);
        EXPECT_FALSE(results.trials[0].superseded) << "its repeat was interrupted";
    }
    play_.interrupted = false;
    auto journal = resume().value();
    const auto results = run(journal);
    ASSERT_THAT(results.trials, SizeIs(3));
    EXPECT_TRUE(results.trials[0].superseded);
    EXPECT_FALSE(results.trials[1].superseded);
}

TEST_F(SuiteRunnerTest, ALostGeneratorCostsItsTrialUntilItIsResumed) {
    play_.meanwhile = [&](auto&, std::size_t) { play_.generator_lost = "rank 1 is gone"; };
    {
        auto journal = begin().value();
        const auto results = run(journal);
        EXPECT_TRUE(results.interrupted);
        ASSERT_THAT(results.trials, SizeIs(1));
        EXPECT_EQ(results.trials[0].outcome, Outcome::failed);
        EXPECT_EQ(results.trials[0].reason, "rank 1 is gone");
    }
    play_.meanwhile = nullptr;
    play_.generator_lost.reset();
    auto journal = resume().value();
    const auto results = run(journal);
    ASSERT_THAT(results.trials, SizeIs(3));
    EXPECT_EQ(results.trials[1].outcome, Outcome::ok);
}

TEST_F(SuiteRunnerTest, AServerThatDiesInTheWindowFailsItsRowOnly) {
    play_.roles["a"].dies_from = 1;
    const auto trials = run().trials;
    EXPECT_EQ(trials[0].outcome, Outcome::failed);
    EXPECT_EQ(trials[0].stage, "measure");
    EXPECT_EQ(trials[0].reason, "killed by SIGSEGV while serving");
    EXPECT_THAT(trials[0].log_tail, ElementsAre("a crash"));
    EXPECT_FALSE(trials[0].requests_per_s) << "of a window that says nothing";
    EXPECT_FALSE(trials[0].verdict);
    EXPECT_EQ(trials[1].outcome, Outcome::ok);
}

TEST_F(SuiteRunnerTest, AServerThatFallsSilentAfterAnswersFailsItsRow) {
    play_.meanwhile = [&](auto& report, std::size_t) { report.gave_up = "it stopped answering"; };
    const auto trial = run_one();
    EXPECT_EQ(trial.outcome, Outcome::failed);
    EXPECT_EQ(trial.reason, "it stopped answering");
}

TEST_F(SuiteRunnerTest, AServerThatDoesNotStartOrAnswersWronglyIsNeverLoaded) {
    play_.roles["a"].does_not_start =
        process::ServerFault{process::Stage::configured, "no licence", {"the log"}};
    play_.roles["b"].body = "Hello Wurst!";
    const auto trials = run().trials;
    EXPECT_EQ(trials[0].stage, "configured");
    EXPECT_EQ(trials[0].reason, "no licence");
    EXPECT_EQ(trials[1].stage, "probe");
    EXPECT_THAT(trials[1].reason.value_or(""), HasSubstr("Hello Wurst!"));
    EXPECT_THAT(play_.loads, IsEmpty());
}

TEST_F(SuiteRunnerTest, WhatCannotRunHereIsSkippedInEveryRound) {
    suite_.servers[0].unusable = "cannot be loaded: not a shared library";
    suite_.servers[1].description.is_command = true;
    play_.roles["b"].availability = {false, "no such program: b", {}, {}};
    plan(2);
    const auto results = run();
    const auto& trials = results.trials;
    ASSERT_THAT(trials, SizeIs(4));
    for (const auto& trial : trials) {
        EXPECT_EQ(trial.outcome, Outcome::skipped);
    }
    EXPECT_EQ(trials[2].reason, "cannot be loaded: not a shared library");
    EXPECT_EQ(trials[3].reason, "no such program: b");
    EXPECT_FALSE(results.servers[0].name) << "nothing is known of it";
    EXPECT_EQ(results.servers[1].name, "The server b");
    EXPECT_THAT(play_.launched, IsEmpty());
}

TEST_F(SuiteRunnerTest, AForeignServersRowSaysWhereItIs) {
    suite_.servers[0].url = "http://elsewhere/app";
    plan();
    const auto results = run();
    EXPECT_EQ(results.servers[0].details.at("url"), "http://elsewhere/app");
    EXPECT_EQ(results.trials[0].address, "127.0.0.1");
    EXPECT_FALSE(results.trials[1].address) << "ours listens where we say";
}

TEST_F(SuiteRunnerTest, TheResultsSayWhatWasAskedOfEachProfileAndServer) {
    suite_.servers[1].options = {{"threads", "2"}};
    suite_.cpus.server = {0, 1};
    suite_.cpus.client = {3};
    suite_.config.limits.server.memory = 4096;
    suite_.config.profiles[0].timeout = seconds(3);
    suite_.config.profiles[0].verify = model::Verify::length;
    const auto results = run();
    EXPECT_THAT(results.servers[0].options, IsEmpty());
    EXPECT_EQ(results.servers[1].options.at("threads"), "2");
    EXPECT_EQ(results.limits->server_cpus, "0-1");
    EXPECT_EQ(results.limits->client_cpus, "3");
    EXPECT_EQ(results.limits->server.at("memory"), 4096U);
    const auto& profile = results.profiles.at(0);
    const auto& load = std::get<model::TrialLoad>(profile.load);
    EXPECT_EQ(std::get<model::ClosedLoop>(load).connections, 8U);
    EXPECT_EQ(profile.duration, seconds(10));
    EXPECT_EQ(profile.timeout, seconds(3));
    EXPECT_EQ(profile.verify, model::Verify::length);
    EXPECT_EQ(profile.payload->bytes, 12U);
    EXPECT_EQ(profile.payload->sha256,
              "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069");
}

TEST_F(SuiteRunnerTest, WhatTheServerSpentIsThatOfTheWindow) {
    machine::TreeUsage usage;
    usage.cpu = seconds(1);
    usage.rss_bytes = 4096;
    auto later = usage;
    later.cpu = seconds(6);
    later.rss_bytes = 8192;
    play_.roles["a"].usage = {usage, usage, later};  // before, and at the edges of the window
    const auto trial = run_one();
    ASSERT_TRUE(trial.server_usage);
    EXPECT_EQ(trial.server_usage->cpu_s, 5);
    EXPECT_EQ(trial.server_usage->cpu_us_per_request, 500);
    EXPECT_EQ(trial.server_usage->rss_idle_bytes, 4096U);
    EXPECT_EQ(trial.server_usage->rss_peak_bytes, 8192U);
}

}  // namespace
}  // namespace benchhost::suite

// The main job from outside: the real executable, real plugins, real sockets.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/eventually.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using benchhost::fixtures::Command;
using benchhost::fixtures::copy_programs;
using benchhost::fixtures::eventually;
using benchhost::fixtures::processes_with;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::model::Outcome;
using ::testing::HasSubstr;

/// A suite of short trials. Of less than a second a busy machine may take away the whole, which
/// fails the trial and makes the exit code 1.
std::string short_suite(const std::string& servers, const std::string& duration, unsigned repeats) {
    return "[suite]\nname = short\nservers = " + servers +
           "\nretries = 0\ncalm = 0\nrepeats = " + std::to_string(repeats) +
           "\n[profile.text]\nroute = text\nload = closed\nconnections = 4\nduration = " +
           duration + "\nwarmup = 50ms\ntimeout = 10s\n";
}

class RunTest : public ::testing::Test {
  protected:
    std::vector<std::string> command(std::vector<std::string> more = {}) const {
        std::vector<std::string> argv = {benchhost_, "--config", directory_ / "suite.ini", "--out",
                                         directory_ / "out"};
        argv.insert(argv.end(), more.begin(), more.end());
        return argv;
    }
    void drop_in(const std::string& plugin) const {
        fs::create_directories(directory_ / "plugins");
        fs::copy(BENCHHOST_FIXTURE_PLUGINS "/" + plugin + ".so",
                 directory_ / "plugins/" + plugin + ".so");
    }
    benchhost::results::ResultSet results() const {
        auto read = benchhost::results::read_results(directory_ / "out/results.json");
        return read.has_value() ? *read : benchhost::results::ResultSet{};
    }

    TemporaryDirectory directory_;
    const std::string benchhost_ = copy_programs(directory_.path());
};

TEST_F(RunTest, MeasuresNativeServersAndWritesTheTable) {
    write_text(directory_ / "suite.ini",
               short_suite("asio, beast, poco", "1s", 1) +
                   "[profile.json]\nroute = json\nload = closed\nconnections = 4\n"
                   "duration = 1s\nwarmup = 50ms\ntimeout = 10s\n"
                   "[profile.file]\nroute = file\nload = closed\nconnections = 4\n"
                   "duration = 1s\nwarmup = 50ms\ntimeout = 10s\n");
    const auto run = run_command(command(), 240s);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr("Framework"));
    const auto measured = results();
    ASSERT_EQ(measured.trials.size(), 3U * 3U);
    std::map<std::string, std::uint64_t> bytes = {{"text", 12}, {"json", 106}, {"file", 65536}};
    for (const auto& trial : measured.trials) {
        SCOPED_TRACE(trial.server + " " + trial.profile);
        ASSERT_EQ(trial.outcome, Outcome::ok) << trial.reason.value_or("");
        const auto& requests = *trial.requests;
        EXPECT_GT(requests.ok, 0U);
        EXPECT_EQ(requests.planned, requests.sent + requests.shed + requests.unsent);
        EXPECT_EQ(requests.sent, requests.ok + requests.failed_total() + requests.unfinished);
        EXPECT_EQ(requests.failed_total(), 0U);
        EXPECT_EQ(trial.bytes->body, requests.ok * bytes[trial.profile]);
        EXPECT_EQ(trial.histogram->count(), requests.ok);
        EXPECT_NEAR(*trial.requests_per_s, static_cast<double>(requests.ok) / *trial.duration_s,
                    0.5);
        EXPECT_GT(trial.server_usage->cpu_s.value_or(0), 0);
        EXPECT_GT(trial.server_usage->rss_peak_bytes.value_or(0), 1'000'000U);
        EXPECT_TRUE(trial.verdict);
        EXPECT_LT(trial.calm_s.value_or(1), 1) << "calm = 0: nothing is waited for";
    }
    EXPECT_TRUE(fs::exists(directory_ / "out/report.md"));
    EXPECT_TRUE(processes_with(directory_.path()).empty());
}

TEST_F(RunTest, WrongAnswersFailTheRunAndAreTold) {
    write_text(directory_ / "suite.ini",
               "[suite]\nname = short\nservers = wrong-body\nretries = 0\ncalm = 0\nrepeats = 1\n"
               "[server.wrong-body]\nafter = 100\n"
               "[profile.text]\nroute = text\nload = closed\nconnections = 4\nduration = 500ms\n"
               "warmup = 0\n");
    drop_in("wrong_body");
    const auto run = run_command(command({"--plugin-dir", directory_ / "plugins"}));
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.err, HasSubstr("benchhost: wrong-body under text: invalid: "));
    EXPECT_THAT(run.err, HasSubstr("bad-body"));
    ASSERT_EQ(results().trials.size(), 1U);
    EXPECT_EQ(results().trials.front().outcome, Outcome::ok);
}

TEST_F(RunTest, SpelledOutCommandIsTheSame) {
    write_text(directory_ / "suite.ini", short_suite("asio", "200ms", 1));
    auto argv = command({"--no-progress"});
    argv.insert(argv.begin() + 1, "run");
    const auto run = run_command(argv);
    EXPECT_LE(run.exit_code, 1) << run.err;
    EXPECT_EQ(results().trials.size(), 1U);
}

TEST_F(RunTest, ADroppedInPluginHasItsRowInTheNextTable) {
    write_text(directory_ / "suite.ini", short_suite("*", "200ms", 1));
    drop_in("good");
    const auto run =
        run_command(command({"--plugin-dir", directory_ / "plugins", "--servers", "good,asio"}));
    ASSERT_LE(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("Tiny 1.0"));
    EXPECT_EQ(results().trials.size(), 2U);
}

TEST_F(RunTest, ACrashCostsItsOwnRowOnly) {
    write_text(directory_ / "suite.ini", short_suite("*", "1s", 1));
    drop_in("crash_in_serve");
    const auto run = run_command(
        command({"--plugin-dir", directory_ / "plugins", "--servers", "crash-in-serve,asio"}));
    EXPECT_EQ(run.exit_code, 1) << run.err;
    const auto measured = results();
    ASSERT_EQ(measured.trials.size(), 2U);
    for (const auto& trial : measured.trials) {
        if (trial.server == "asio") {
            EXPECT_EQ(trial.outcome, Outcome::ok);
        } else {
            EXPECT_EQ(trial.outcome, Outcome::failed);
            EXPECT_THAT(trial.reason.value_or(""), HasSubstr("SIGSEGV"));
        }
    }
    EXPECT_THAT(run.out, HasSubstr("SIGSEGV"));
}

TEST_F(RunTest, InterruptedKeepsWhatWasMeasuredAndResumeGoesOn) {
    write_text(directory_ / "suite.ini", short_suite("asio, beast", "400ms", 3));
    {
        Command run(command());
        ASSERT_TRUE(run.wait_for_output("[2/6]", 120s));
        run.signal(SIGINT);
        const auto ended = run.wait(120s);
        EXPECT_EQ(ended.exit_code, 130) << ended.err;
        EXPECT_THAT(ended.err, HasSubstr("--resume"));
    }
    EXPECT_TRUE(results().interrupted);
    const auto kept = results().trials.size();
    EXPECT_GE(kept, 2U);
    EXPECT_LT(kept, 6U);
    EXPECT_TRUE(eventually([&] { return processes_with(directory_.path()).empty(); }));
    const auto resumed = run_command({benchhost_, "run", "--resume", directory_ / "out"});
    EXPECT_LE(resumed.exit_code, 1) << resumed.err;
    EXPECT_EQ(results().trials.size(), 6U);
    EXPECT_FALSE(results().interrupted);
}

TEST_F(RunTest, KilledOutrightLosesTheRunningTrialOnlyAndLeavesNoProcess) {
    write_text(directory_ / "suite.ini", short_suite("asio, beast", "300ms", 2));
    {
        Command run(command());
        ASSERT_TRUE(run.wait_for_output("[1/4]", 120s));
        run.signal(SIGKILL);
        run.wait(120s);
    }
    EXPECT_TRUE(eventually([&] { return processes_with(directory_.path()).empty(); }));
    const auto resumed = run_command({benchhost_, "run", "--resume", directory_ / "out"});
    EXPECT_LE(resumed.exit_code, 1) << resumed.err;
    std::set<std::string> seen;
    for (const auto& trial : results().trials) {
        EXPECT_TRUE(seen.insert(trial.server + std::to_string(trial.round)).second);
    }
    EXPECT_EQ(seen.size(), 4U);
}

TEST_F(RunTest, IsResumedFromAnyFolderWithItsPluginsAndItsPayload) {
    drop_in("good");
    fs::rename(directory_ / "plugins", directory_ / "mine");
    write_text(directory_ / "answer.bin", "0123456789");
    write_text(directory_ / "suite.ini",
               short_suite("good", "200ms", 2) + "[payload]\nfile = answer.bin\n");
    const auto from = [&](const std::string& folder, const std::string& arguments) {
        return run_command(
            {"/bin/sh", "-c", "cd " + folder + " && exec " + benchhost_ + " run " + arguments});
    };
    const auto begun =
        from(directory_.path(), "--config suite.ini --plugin-dir mine --out " + directory_ / "out");
    ASSERT_LE(begun.exit_code, 1) << begun.err;
    fs::remove(directory_ / "out/journal/00001.json");
    const auto resumed = from("/", "--resume " + directory_ / "out");
    EXPECT_LE(resumed.exit_code, 1) << resumed.err;
    EXPECT_EQ(results().trials.size(), 2U);
    write_text(directory_ / "answer.bin", "9876543210");
    const auto refused = from("/", "--resume " + directory_ / "out");
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("changed since it was begun: payload file"));
}

TEST_F(RunTest, IsNotResumedWithAnotherProgramOrAnotherApp) {
    const std::string program = directory_ / "server";
    fs::copy(BENCHHOST_FIXTURE_PLUGINS "/tiny_program", program);
    drop_in("good");
    fs::create_directories(directory_ / "plugins/good/apps");
    write_text(directory_ / "plugins/good/apps/app.py", "print(1)");
    write_text(directory_ / "suite.ini",
               short_suite("own, good", "200ms", 1) +
                   "[server.own]\nplugin = command\nargv = {cwd}/server serve {port}\n");
    const auto from = [&](const std::string& folder, const std::string& arguments) {
        return run_command(
            {"/bin/sh", "-c", "cd " + folder + " && exec " + benchhost_ + " run " + arguments});
    };
    const auto begun = from(directory_.path(),
                            "--config suite.ini --plugin-dir plugins --out " + directory_ / "out");
    ASSERT_TRUE(fs::exists(directory_ / "out/results.json")) << begun.err;
    fs::remove(directory_ / "out/journal/00000.json");
    fs::remove(directory_ / "out/journal/00001.json");
    const auto resumed = from("/", "--resume " + directory_ / "out");
    EXPECT_THAT(resumed.err, HasSubstr("results: ")) << "{cwd} is where it was begun";
    for (const auto& trial : results().trials) {
        EXPECT_NE(trial.outcome, Outcome::skipped) << trial.reason.value_or("");
    }
    const auto refusal = [&] { return from("/", "--resume " + directory_ / "out").err; };
    write_text(directory_ / "plugins/good/apps/app.py", "print(2)");
    EXPECT_THAT(refusal(), HasSubstr("changed since it was begun: files (" +
                                     directory_ / "plugins/good/apps/app.py" + ": "));
    write_text(directory_ / "plugins/good/apps/app.py", "print(1)");
    EXPECT_EQ(refusal().find("cannot go on"), std::string::npos);
    fs::remove(program);
    write_text(program, "#!/bin/sh\n");
    fs::permissions(program, fs::perms::owner_all);
    EXPECT_THAT(refusal(), HasSubstr("files (" + program + ": "));
}

TEST_F(RunTest, HowItWasAskedForIsInTheResultsAndMeasuresTheSameAgain) {
    write_text(directory_ / "suite.ini", short_suite("asio, beast", "3s", 5) +
                                             "[profile.json]\nroute = json\nduration = 3s\n");
    const auto run = run_command(
        command({"--quick", "--servers", "asio", "--profiles", "text", "--set",
                 "profile.text.duration=200ms", "--set", "suite.name=other", "--seed", "7"}));
    ASSERT_LE(run.exit_code, 1) << run.err;
    const auto first = results();
    EXPECT_EQ(first.quick, true);
    EXPECT_THAT(first.overrides, ::testing::ElementsAre("profile.text.duration=200ms",
                                                        "suite.name=other", "suite.servers=asio"));
    EXPECT_THAT(run.out, HasSubstr("other: 1 server, 1 profile, 1 round, quick"));
    const auto report = benchhost::fixtures::read_text(directory_ / "out/report.md");
    const auto at = report.find("benchhost --config 'suite.ini'");
    ASSERT_NE(at, std::string::npos);
    const auto typed = report.substr(at, report.find('\n', at) - at);
    const auto again = run_command({"/bin/sh", "-c",
                                    "cd " + directory_.path() + " && " +
                                        fs::path(benchhost_).parent_path().string() + "/" + typed +
                                        " --out again"});
    ASSERT_LE(again.exit_code, 1) << typed << again.err;
    const auto second = benchhost::results::read_results(directory_ / "again/results.json");
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->quick, true);
    EXPECT_EQ(second->seed, 7U);
    EXPECT_EQ(second->suite, "other");
    EXPECT_EQ(second->rounds, 1U);
    ASSERT_EQ(second->profiles.size(), 1U);
    EXPECT_EQ(second->profiles[0].duration, first.profiles[0].duration);
    ASSERT_EQ(second->servers.size(), 1U);
    EXPECT_EQ(second->servers[0].id, "asio");
}

TEST_F(RunTest, TheSecondsOfAProfileAreWrittenAsCsv) {
    write_text(directory_ / "suite.ini", short_suite("asio", "1100ms", 1) + "csv = seconds.csv\n");
    const auto run = run_command(command());
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const auto csv = benchhost::fixtures::read_text(directory_ / "out/seconds.csv");
    EXPECT_THAT(csv, HasSubstr("Answers"));
    EXPECT_THAT(csv, HasSubstr("asio"));
    EXPECT_GE(std::count(csv.begin(), csv.end(), '\n'), 2);
}

TEST_F(RunTest, AServerThatPlantsALinkForItsLogHasNothingOutsideOverwritten) {
    write_text(directory_ / "outside", "ours");
    write_text(directory_ / "plant", "#!/bin/sh\nln -s '" + directory_ / "outside" +
                                         "' server.log\nexec " BENCHHOST_FIXTURE_PLUGINS
                                         "/tiny_program serve \"$1\"\n");
    fs::permissions(directory_ / "plant", fs::perms::owner_all);
    write_text(directory_ / "suite.ini",
               short_suite("own", "200ms", 1) +
                   "[server.own]\nplugin = command\nargv = " + directory_ / "plant" + " {port}\n");
    const auto run = run_command(command());
    EXPECT_LE(run.exit_code, 1) << run.err;
    ASSERT_EQ(results().trials.size(), 1U) << run.err;
    EXPECT_NE(results().trials.front().outcome, Outcome::skipped) << run.err;
    EXPECT_EQ(benchhost::fixtures::read_text(directory_ / "outside"), "ours");
}

TEST_F(RunTest, DryRunMeasuresNothing) {
    write_text(directory_ / "suite.ini", short_suite("asio, beast", "200ms", 2));
    const auto run = run_command(command({"--dry-run"}));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr("4 trials"));
    EXPECT_FALSE(fs::exists(directory_ / "out"));
}

}  // namespace

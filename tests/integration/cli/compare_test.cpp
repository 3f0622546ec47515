// The comparison of two plugins from outside: real plugins, real loads, the exit codes CI sees.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <picojson.h>

#include <csignal>
#include <filesystem>
#include <map>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using benchhost::fixtures::Command;
using benchhost::fixtures::CommandResult;
using benchhost::fixtures::read_text;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";
const std::string kGood = BENCHHOST_FIXTURE_PLUGINS "/good.so";

class CompareTest : public ::testing::Test {
  protected:
    /// Six blocks are the fewest that can show anything. A busy machine takes away a window that is
    /// too short, and answers late.
    void SetUp() override {
        write_text(directory_ / "suite.ini",
                   "[suite]\ncalm = 0\n[profile.text]\nroute = text\nload = closed\n"
                   "connections = 8\nduration = 250ms\nwarmup = 50ms\ntimeout = 20s\n"
                   "[gate]\ncpu = 8%\nblocks = 6\n");
    }
    std::vector<std::string> command(const std::string& base, const std::string& head,
                                     std::vector<std::string> more = {}) const {
        std::vector<std::string> argv = {
            kBenchhost, "compare",  "--base-plugin",          base,    "--head-plugin",
            head,       "--config", directory_ / "suite.ini", "--out", directory_ / "out"};
        argv.insert(argv.end(), more.begin(), more.end());
        return argv;
    }
    picojson::value comparison() const {
        picojson::value value;
        picojson::parse(value, read_text(directory_ / "out/comparison.json"));
        return value;
    }

    TemporaryDirectory directory_;
};

TEST_F(CompareTest, APluginAgainstItselfIsNeverARegression) {
    const auto run = run_command(command(kGood, kGood), 500s);
    EXPECT_THAT(run.exit_code, AnyOf(0, 3)) << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr("6 blocks of base, head and base again: 36 trials"));
    EXPECT_THAT(run.out, HasSubstr("## benchhost: "));
    EXPECT_EQ(run.out, read_text(directory_ / "out/comparison.md"));
    EXPECT_TRUE(comparison().get("paired").get<bool>());
    const auto results = benchhost::results::read_results(directory_ / "out/results.json");
    ASSERT_TRUE(results) << results.error().message;
    std::map<std::string, int> trials;
    for (const auto& trial : results->trials) {
        trials[trial.server] += trial.superseded ? 0 : 1;
    }
    EXPECT_EQ(trials, (std::map<std::string, int>{
                          {"base:good", 12}, {"head:good", 12}, {"again:good", 12}}));
}

TEST_F(CompareTest, AHeadThatCannotServeIsARegression) {
    const auto run = run_command(command(kGood, BENCHHOST_FIXTURE_PLUGINS "/crash_in_serve.so",
                                         {"--blocks", "1", "--format", "json"}),
                                 120s);
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.err, HasSubstr("1 blocks can never show a regression"));
    EXPECT_THAT(run.out, HasSubstr("SIGSEGV"));
}

TEST_F(CompareTest, AHeadThatAnswersWronglyIsARegression) {
    const auto run = run_command(
        command(kGood, BENCHHOST_FIXTURE_PLUGINS "/wrong_body.so",
                {"--set", "server.wrong-body.after=500", "--no-confirm", "--blocks", "2"}),
        120s);
    EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("of the head's answers were wrong (bad-body), none of the "
                                   "base's; first: "));
    EXPECT_THAT(read_text(directory_ / "out/comparison.xml"),
                HasSubstr("name=\"wrong-body wrong\"><failure"));
}

TEST_F(CompareTest, AHeadThatDropsRequestsIsARegressionThatASecondRunConfirms) {
    const auto run = run_command(
        command(kGood, BENCHHOST_FIXTURE_PLUGINS "/drops_requests.so", {"--blocks", "1"}), 240s);
    EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
    // One of fifty, where there were enough of them to say so.
    EXPECT_THAT(run.out, ContainsRegex("[12]\\.[0-9] % of the head's requests were lost "
                                       "\\(reset-before-answer\\), none of the base's; first: "));
    EXPECT_THAT(run.out, HasSubstr("confirmed by a second run"));
}

TEST_F(CompareTest, AServerThatTheHeadDoesNotOfferIsARegression) {
    const std::string two = BENCHHOST_FIXTURE_PLUGINS "/offers_two.so";
    const std::string three = BENCHHOST_FIXTURE_PLUGINS "/offers_three.so";
    const auto run = run_command(command(three, two, {"--blocks", "1"}), 120s);
    EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("three under text: the base was measured and the head was not: "
                                   "the head does not have it"));
    EXPECT_THAT(read_text(directory_ / "out/comparison.xml"),
                HasSubstr("name=\"three failed\"><failure"));
}

TEST_F(CompareTest, TellsGitHub) {
    const std::string summary = directory_ / "summary.md";
    const auto argv = command(kGood, kGood, {"--blocks", "1"});
    const auto result = Command(argv, {"GITHUB_STEP_SUMMARY=" + summary}).wait(240s);
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_EQ(read_text(summary), result.out);
    EXPECT_THAT(result.err, HasSubstr("::warning title=benchhost::"));
    EXPECT_THAT(result.out, HasSubstr("too few pairs"));
}

TEST_F(CompareTest, InterruptedKeepsWhatWasMeasured) {
    Command run(command(kGood, kGood));
    ASSERT_TRUE(run.wait_for_output("[3/36]", 120s));
    run.signal(SIGINT);
    const auto ended = run.wait(120s);
    EXPECT_EQ(ended.exit_code, 130) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("too early for a verdict"));
    const auto results = benchhost::results::read_results(directory_ / "out/results.json");
    ASSERT_TRUE(results) << results.error().message;
    EXPECT_GE(results->trials.size(), 2U);
}

TEST_F(CompareTest, StoredResultsTakeTheGateFromAConfig) {
    const auto run = [&](const std::string& name) {
        return run_command({kBenchhost, "--config", directory_ / "suite.ini", "--out",
                            directory_ / name, "--servers", "asio", "--repeats", "1", "--set",
                            "profile.text.duration=1s"});
    };
    ASSERT_EQ(run("a").exit_code, 0);
    ASSERT_EQ(run("b").exit_code, 0);
    const auto compared =
        run_command({kBenchhost, "compare", directory_ / "a/results.json",
                     directory_ / "b/results.json", "--config", directory_ / "suite.ini"});
    EXPECT_EQ(compared.exit_code, 3) << compared.err;
    EXPECT_THAT(compared.out, HasSubstr("(±8.0 %)"));
    EXPECT_THAT(compared.out, HasSubstr("Unpaired, weaker"));
}

struct Mistake {
    const char* name;
    std::vector<std::string> arguments;
    const char* said;
};

class CompareMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(CompareMistakeTest, IsToldBeforeAnythingIsMeasured) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini",
               "[profile.text]\nduration = 10s\n[profile.most]\nload = limit\nof = rate\nstart = "
               "10/s\n");
    std::vector<std::string> argv = {kBenchhost, "compare"};
    for (auto argument : GetParam().arguments) {
        argv.push_back(argument == "CONFIG" ? directory / "suite.ini" : argument);
    }
    const bool live = argv.size() > 4;
    if (live) {
        argv.insert(argv.end(), {"--out", directory / "out"});
    }
    const auto run = run_command(argv);
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err + run.out, HasSubstr(GetParam().said));
    EXPECT_FALSE(fs::exists(directory / "out"));
}

INSTANTIATE_TEST_SUITE_P(
    All, CompareMistakeTest,
    ::testing::Values(
        Mistake{"Nothing", {}, "--base-plugin A --head-plugin B --config FILE"},
        Mistake{"OnlyOne", {"a.json"}, "HEAD"},
        Mistake{"NoSuchPlugin",
                {"--base-plugin", "/nonexistent.so", "--head-plugin", kGood, "--config", "CONFIG"},
                "--base-plugin: "},
        Mistake{"NoSuchServer",
                {"--base-plugin", kGood, "--head-plugin", kGood, "--config", "CONFIG", "--servers",
                 "beast"},
                "\"beast\" matches nothing"},
        Mistake{"NoConfig", {"--base-plugin", kGood, "--head-plugin", kGood}, "--config"},
        Mistake{"UnknownFormat",
                {"--base-plugin", kGood, "--head-plugin", kGood, "--config", "CONFIG", "--format",
                 "html"},
                "allowed: md, json, junit"},
        Mistake{"UnknownMetric",
                {"--base-plugin", kGood, "--head-plugin", kGood, "--config", "CONFIG",
                 "--tolerance", "speed=5%"},
                "cpu, rss, rps, p99, p50"},
        Mistake{"SearchForALimit",
                {"--base-plugin", kGood, "--head-plugin", kGood, "--config", "CONFIG"},
                "load = limit cannot be compared"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace

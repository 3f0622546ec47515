// However it is started: what a parent leaves behind is harmless, or one clear line says what
// fails.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using benchhost::fixtures::Command;
using benchhost::fixtures::CommandResult;
using benchhost::fixtures::read_text;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";

std::string suite_file(const TemporaryDirectory& directory) {
    write_text(directory / "suite.ini",
               "[suite]\nname = s\nservers = epoll\nrepeats = 1\nretries = 0\ncalm = 0\n"
               "[profile.text]\nroute = text\n"
               "load = closed\nconnections = 2\nduration = 600ms\nwarmup = 0\ntimeout = 10s\n");
    return directory / "suite.ini";
}

/// `script` with benchhost as $0 and `arguments` as $1 and on.
CommandResult run_shell(const std::string& script, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"/bin/sh", "-c", script, kBenchhost});
    return run_command(arguments);
}

/// benchhost after `statements` of Python.
CommandResult run_after(const std::string& statements, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"/usr/bin/python3", "-c",
                                         "import os, resource, signal, sys\n" + statements +
                                             "\nos.execv(sys.argv[1], sys.argv[1:])",
                                         kBenchhost});
    return run_command(arguments);
}

/// The suite was measured and is in its folder, whole.
void expect_measured(const std::string& out) {
    const auto results = benchhost::results::read_results(out);
    ASSERT_TRUE(results.has_value());
    ASSERT_EQ(results->trials.size(), 1U);
    EXPECT_EQ(results->trials.front().outcome, benchhost::model::Outcome::ok)
        << results->trials.front().reason.value_or("");
}

class ClosedDescriptors : public ::testing::TestWithParam<std::string> {};

TEST_P(ClosedDescriptors, NothingIsPrintedIntoOurFiles) {
    const TemporaryDirectory directory;
    const auto out = directory / "out";
    run_shell("exec \"$0\" \"$@\" " + GetParam(),
              {"--config", suite_file(directory), "--out", out});
    expect_measured(out);
    EXPECT_THAT(read_text(out + "/journal/lock"), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ClosedDescriptors,
                         ::testing::Values("<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-",
                                           "<&- >&- 2>&-"),
                         [](const auto& test) { return "Set" + std::to_string(test.index); });

TEST(Starts, WithChildrenThatNobodyWaitsForIsNoHang) {
    const TemporaryDirectory directory;
    const auto run = run_after("signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
                               {"--config", suite_file(directory), "--out", directory / "out"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    expect_measured(directory / "out");
}

TEST(Starts, WithBlockedSignalsIsStoppedAllTheSame) {
    const TemporaryDirectory directory;
    const auto run = run_after(
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "signal.signal(signal.SIGPIPE, signal.SIG_DFL)",
        {"--config", suite_file(directory), "--out", directory / "out"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    expect_measured(directory / "out");
}

TEST(Starts, AFileThatMayNotGrowIsOneClearLine) {
    const TemporaryDirectory directory;
    const auto run = run_after("resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))",
                               {"--config", suite_file(directory), "--out", directory / "out"});
    EXPECT_EQ(run.exit_code, 2) << run.err << "another --out may do";
    EXPECT_THAT(run.err, HasSubstr("cannot write"));
    EXPECT_THAT(run.err, HasSubstr("File too large"));
}

TEST(Starts, NiceIsNoHarm) {
    const TemporaryDirectory directory;
    const auto run =
        run_after("os.nice(5)", {"--config", suite_file(directory), "--out", directory / "out"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST(Starts, InAFolderThatIsGoneIsNoInternalError) {
    const TemporaryDirectory directory;
    const auto suite = suite_file(directory);
    const auto run = run_shell(
        "mkdir \"$1/gone\" && cd \"$1/gone\" && rmdir \"$1/gone\" && shift && exec \"$0\" \"$@\"",
        {directory.path(), "--config", suite, "--out", "relative"});
    EXPECT_THAT(run.exit_code, ::testing::AnyOf(1, 2)) << run.err;
    EXPECT_THAT(run.err, HasSubstr("No such file or directory"));
}

class FullOutput : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(FullOutput, IsNoSuccess) {
    const auto run = run_shell("exec \"$0\" \"$@\" >/dev/full", GetParam());
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.err, HasSubstr("not all of the output could be written"));
}

INSTANTIATE_TEST_SUITE_P(
    All, FullOutput,
    ::testing::Values(
        std::vector<std::string>{"--version"}, std::vector<std::string>{"--help"},
        std::vector<std::string>{"list"},
        std::vector<std::string>{"report", BENCHHOST_SOURCE_DIR "/tests/golden/everything.json"},
        std::vector<std::string>{"report", BENCHHOST_SOURCE_DIR "/tests/golden/everything.json",
                                 "--format", "junit"}),
    [](const auto& test) { return "Command" + std::to_string(test.index); });

TEST(Starts, AFullOutputIsNoSuccessOfAMeasurement) {
    const TemporaryDirectory directory;
    const std::string full = "exec \"$0\" \"$@\" >/dev/full";
    const auto run =
        run_shell(full, {"--config", suite_file(directory), "--out", directory / "out"});
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.err, HasSubstr("not all of the output could be written"));
    expect_measured(directory / "out");

    const Command server(
        {BENCHHOST_BINARY_DIR "/benchhost-serve", BENCHHOST_FIXTURE_PLUGINS "/good.so"});
    ASSERT_TRUE(server.wait_for_output("ready http://", std::chrono::seconds(60)));
    const auto said = server.out();
    const auto at = said.find("http://");
    const auto url = said.substr(at, said.find('\n', at) - at);
    const auto load = run_shell(full, {"load", url + "/text", "-c", "1", "-d", "100ms", "--json"});
    EXPECT_EQ(load.exit_code, 1) << load.err;
    EXPECT_THAT(load.err, HasSubstr("not all of the output could be written"));
}

TEST(Starts, NobodyListeningToMessagesIsNoHarm) {
    const TemporaryDirectory directory;
    const auto run = run_shell("exec \"$0\" \"$@\" 2>/dev/full",
                               {"--config", suite_file(directory), "--out", directory / "out"});
    EXPECT_EQ(run.exit_code, 0);
    expect_measured(directory / "out");
}

TEST(Starts, AReaderThatHadEnoughIsToldNothing) {
    const auto run = run_shell("{ \"$0\" list; echo status $? >&2; } | true", {});
    EXPECT_THAT(run.err, ::testing::Not(HasSubstr("not all of the output")));
}

}  // namespace

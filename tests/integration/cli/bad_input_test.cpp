// Bad input: a clear line, exit code 2, nothing measured and nothing written.
#include "tests/fixtures/command.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <list>

namespace {

namespace fs = std::filesystem;
using benchhost::fixtures::Command;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";
const std::string kProfile =
    "[profile.text]\nroute = text\nload = closed\nconnections = 4\nduration = 100ms\n";
const std::string kGood = "[suite]\nname = s\nservers = asio\nrepeats = 1\n" + kProfile;

struct BadConfig {
    const char* name;
    std::string text;
    const char* said;
};

std::string nested_objects() {
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        text += R"({"a":)";
    }
    return text;
}

class BadConfigTest : public ::testing::TestWithParam<BadConfig> {};

TEST_P(BadConfigTest, IsRefusedBeforeAnythingIsWritten) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini", GetParam().text);
    const auto run =
        run_command({kBenchhost, "--config", directory / "suite.ini", "--out", directory / "out"});
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr(GetParam().said));
    EXPECT_THAT(run.err, HasSubstr("suite.ini"));
    EXPECT_THAT(run.out, IsEmpty());
    EXPECT_FALSE(fs::exists(directory / "out"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadConfigTest,
    ::testing::Values(BadConfig{"SyntaxError", "[suite\nname = s\n" + kProfile, ":1"},
                      BadConfig{"UnknownSection", kGood + "[profil.x]\nroute = text\n", "profil"},
                      BadConfig{"UnknownKey", kGood + "durration = 1s\n", "duration"},
                      BadConfig{"OutOfRange", "[suite]\nname = s\nrepeats = 0\n" + kProfile, ":3"},
                      BadConfig{"NoServer", "[suite]\nname = s\nservers =\n" + kProfile, ":3"},
                      BadConfig{"GlobWithoutMatch",
                                "[suite]\nname = s\nservers = nosuch*\n" + kProfile, "nosuch*"},
                      BadConfig{"DuplicateProfile", kGood + kProfile, "profile.text"},
                      BadConfig{"UnknownOption", kGood + "[server.asio]\nthreeds = 2\n", "threeds"},
                      BadConfig{"NestedPayload",
                                kGood + "[payload]\njson = " + nested_objects() + "\n",
                                "nested more than 64 deep"},
                      BadConfig{"NoProfile", "[suite]\nname = s\n", "profile"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(BadInput, MissingAndUnreadableConfig) {
    const auto missing = run_command({kBenchhost, "--config", "/nonexistent/suite.ini"});
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_THAT(missing.err, HasSubstr("/nonexistent/suite.ini"));
    const TemporaryDirectory directory;
    const auto folder = run_command({kBenchhost, "--config", directory.path()});
    EXPECT_EQ(folder.exit_code, 2);
    EXPECT_THAT(folder.err, HasSubstr(directory.path()));
}

TEST(BadInput, CommandLine) {
    for (const auto& argv : std::vector<std::vector<std::string>>{
             {kBenchhost},
             {kBenchhost, "nosuch"},
             {kBenchhost, "run"},
             {kBenchhost, "--no-such-flag"},
             {kBenchhost, "load", "http://127.0.0.1:1", "--rate", "0"},
             {kBenchhost, "load", "http://127.0.0.1:1", "--users", "5"},
             {kBenchhost, "load", "http://127.0.0.1:1", "--users", "5", "--spawn-rate", "1",
              "--rate", "9"},
             {kBenchhost, "load", "https://127.0.0.1:1"}}) {
        const auto run = run_command(argv);
        EXPECT_EQ(run.exit_code, 2) << ::testing::PrintToString(argv) << run.err;
        EXPECT_FALSE(run.err.empty());
    }
}

TEST(BadInput, ASeedThatNoReaderOfTheResultsKeepsExact) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini", kGood);
    const std::string most = "9223372036854775807";
    for (const auto& argv : std::vector<std::vector<std::string>>{
             {kBenchhost, "--config", directory / "suite.ini", "--dry-run"},
             {kBenchhost, "load", "http://127.0.0.1:1"},
             {kBenchhost, "compare", "--config", directory / "suite.ini", "--base-plugin",
              kBenchhost, "--head-plugin", kBenchhost}}) {
        for (const auto* seed :
             {"9223372036854775808", "18446744073709551615", "-1", "99999999999999999999999"}) {
            auto too_large = argv;
            too_large.insert(too_large.end(), {"--seed", seed});
            const auto run = run_command(too_large);
            EXPECT_EQ(run.exit_code, 2) << seed << run.err;
            EXPECT_THAT(run.err, HasSubstr("--seed")) << seed;
            EXPECT_THAT(run.out, IsEmpty()) << seed;
        }
    }
    const auto run =
        run_command({kBenchhost, "--config", directory / "suite.ini", "--dry-run", "--seed", most});
    EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST(BadInput, AProcessorThatThisMachineDoesNotGiveUs) {
    const TemporaryDirectory directory;
    const auto load = run_command({kBenchhost, "load", "http://127.0.0.1:1", "--cpus", "0,99999"});
    EXPECT_EQ(load.exit_code, 2) << load.err;
    EXPECT_THAT(load.err, HasSubstr("--cpus: processor 99999 is not ours to use; there are "));
    write_text(directory / "suite.ini",
               kGood + "[limits]\nserver_cpus = auto\nclient_cpus = 4095\n");
    for (const std::vector<std::string>& argv :
         {std::vector<std::string>{kBenchhost, "--config", directory / "suite.ini", "--dry-run"},
          std::vector<std::string>{kBenchhost, "check", directory / "suite.ini"}}) {
        const auto run = run_command(argv);
        EXPECT_EQ(run.exit_code, 2) << run.err;
        EXPECT_THAT(run.err,
                    HasSubstr("suite.ini:12: client_cpus: processor 4095 is not ours to use"));
    }
    const auto set =
        run_command({kBenchhost, "--config", directory / "suite.ini", "--dry-run", "--set",
                     "limits.client_cpus=auto", "--set", "limits.server_cpus=4094"});
    EXPECT_EQ(set.exit_code, 2) << set.err;
    EXPECT_THAT(set.err, HasSubstr("--set limits.server_cpus: server_cpus: processor 4094"));
}

TEST(BadInput, MoreTrialsThanAnybodyWaitsForAreRefusedAtOnce) {
    const TemporaryDirectory directory;
    std::string text = "[suite]\nname = s\nservers = asio\nrepeats = 1000\n";
    for (int profile = 0; profile < 1001; ++profile) {
        text += "[profile.p" + std::to_string(profile) + "]\nroute = text\n";
    }
    write_text(directory / "suite.ini", text);
    for (const std::vector<std::string>& argv :
         {std::vector<std::string>{kBenchhost, "check", directory / "suite.ini"},
          std::vector<std::string>{kBenchhost, "--config", directory / "suite.ini", "--dry-run"}}) {
        const auto run = run_command(argv);
        EXPECT_EQ(run.exit_code, 2) << run.err;
        EXPECT_THAT(run.err, HasSubstr("1 servers x 1001 profiles x 1000 rounds are 1001000 "
                                       "trials; allowed: up to 250000"));
    }
}

TEST(BadInput, WhatIsNoFileOrWithoutEnd) {
    const TemporaryDirectory directory;
    const auto load = [](const std::string& body) {
        return run_command({kBenchhost, "load", "http://127.0.0.1:1", "--expect-body-file", body});
    };
    const auto folder = load(directory.path());
    EXPECT_EQ(folder.exit_code, 2) << folder.err;
    EXPECT_THAT(folder.err, HasSubstr("--expect-body-file: "));
    const auto endless = load("/dev/zero");
    EXPECT_EQ(endless.exit_code, 2) << endless.err;
    EXPECT_THAT(endless.err, HasSubstr("/dev/zero is larger than "));
    for (const std::vector<std::string>& argv :
         {std::vector<std::string>{kBenchhost, "check", "/dev/zero"},
          std::vector<std::string>{kBenchhost, "report", "/dev/zero"},
          std::vector<std::string>{kBenchhost, "--config", "/dev/zero"}}) {
        const auto run = run_command(argv);
        EXPECT_EQ(run.exit_code, 2) << run.err;
        EXPECT_THAT(run.err, HasSubstr("/dev/zero is larger than "));
    }
}

// At the same time, since they do nothing but wait.
TEST(BadInput, AFifoIntoWhichNobodyWritesIsNotWaitedForForEver) {
    const TemporaryDirectory directory;
    const auto silent = directory / "silent";
    const auto forgotten = directory / "forgotten";
    for (const auto& fifo : {silent, forgotten}) {
        ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    }
    const int opened = ::open(silent.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(opened, 0);
    std::list<Command> running;
    for (const auto& fifo : {silent, forgotten}) {
        for (const std::vector<std::string>& arguments :
             {std::vector<std::string>{"--config", fifo}, std::vector<std::string>{"check", fifo},
              std::vector<std::string>{"report", fifo},
              std::vector<std::string>{"load", "http://127.0.0.1:1", "--expect-body-file", fifo}}) {
            std::vector<std::string> argv{kBenchhost};
            argv.insert(argv.end(), arguments.begin(), arguments.end());
            running.emplace_back(argv);
        }
    }
    for (auto& command : running) {
        const auto run = command.wait();
        EXPECT_FALSE(run.timed_out);
        EXPECT_EQ(run.exit_code, 2) << run.err;
        EXPECT_THAT(run.err, HasSubstr("nothing was written to it for 10s"));
    }
    ::close(opened);
}

TEST(BadInput, NoFolderForTemporaryFiles) {
    const auto run = run_command({"/usr/bin/env", "TMPDIR=/nonexistent/tmp", kBenchhost, "check",
                                  BENCHHOST_FIXTURE_PLUGINS "/good.so"});
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr("TMPDIR"));
}

TEST(BadInput, WhatIsNoTrialInTheJournal) {
    const TemporaryDirectory directory;
    const auto out = directory / "out";
    write_text(directory / "suite.ini", kGood + "warmup = 0\n");
    const auto begun = run_command({kBenchhost, "--config", directory / "suite.ini", "--out", out});
    ASSERT_TRUE(fs::exists(out + "/journal/00000.json")) << begun.err;
    fs::remove(out + "/journal/00000.json");
    fs::create_directory(out + "/journal/00000.json");
    const auto resumed = run_command({kBenchhost, "run", "--resume", out});
    EXPECT_EQ(resumed.exit_code, 2) << resumed.err;
    EXPECT_THAT(resumed.err, HasSubstr("00000.json: Is a directory"));
    for (const auto* file : {"00000.json", "manifest.json"}) {
        fs::remove(out + "/journal/" + file);
        write_text(out + "/journal/" + file, nested_objects());
        const auto nested = run_command({kBenchhost, "run", "--resume", out});
        EXPECT_EQ(nested.exit_code, 2) << nested.err;
        EXPECT_THAT(nested.err, HasSubstr("nested more than 64 deep"));
        EXPECT_LT(nested.err.size(), 1000U);
    }
}

TEST(BadInput, UsersWhoWouldNeverAllHaveCome) {
    const auto run = run_command({kBenchhost, "load", "http://127.0.0.1:1", "--users", "1000000",
                                  "--spawn-rate", "0.00001"});
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr("take more than 10 years to come"));
}

TEST(BadInput, SvgWithoutGnuplotSaysSo) {
    const TemporaryDirectory directory;
    const std::string results = std::string(BENCHHOST_SOURCE_DIR) + "/tests/golden/tie.json";
    const auto report = [&](const std::string& format) {
        return Command({"/usr/bin/env", "PATH=" + directory.path(), kBenchhost, "report", results,
                        "--format", format, "--out", directory / ("out." + format)})
            .wait();
    };
    const auto svg = report("svg");
    EXPECT_EQ(svg.exit_code, 2);
    EXPECT_THAT(svg.err, HasSubstr("gnuplot"));
    EXPECT_FALSE(fs::exists(directory / "out.svg"));
    EXPECT_EQ(report("md").exit_code, 0) << "the other formats do not mind";
}

TEST(BadInput, ResultsFolderThatCannotBeMade) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini", kGood);
    const auto run = run_command(
        {kBenchhost, "--config", directory / "suite.ini", "--out", directory / "suite.ini/out"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("suite.ini/out"));
}

TEST(BadInput, PluginFolderThatIsNotThere) {
    const auto run = run_command({kBenchhost, "list", "--plugin-dir", "/nonexistent/plugins"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("--plugin-dir /nonexistent/plugins: no such folder"));
}

TEST(BadInput, AServerByHandThatCannotBeServed) {
    const std::string serve = BENCHHOST_BINARY_DIR "/benchhost-serve";
    const std::string fixtures = BENCHHOST_BINARY_DIR "/../tests/plugins/";
    const auto said_of = [&](const std::vector<std::string>& arguments, int status) {
        std::vector<std::string> argv{serve};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        const auto run = run_command(argv);
        EXPECT_EQ(run.exit_code, status) << run.err;
        EXPECT_THAT(run.out, IsEmpty());
        return run.err;
    };
    EXPECT_THAT(said_of({"/nonexistent.so"}, 2), HasSubstr("no such file"));
    EXPECT_THAT(said_of({fixtures + "offers_two.so"}, 2), HasSubstr("choose one by --server"));
    EXPECT_THAT(said_of({fixtures + "good.so", "--file", "/nonexistent.bin"}, 2),
                HasSubstr("/nonexistent.bin"));
    EXPECT_THAT(said_of({fixtures + "returns_early.so"}, 1), HasSubstr("before it was ready"));
    EXPECT_THAT(said_of({fixtures + "command.so", "--address", "nowhere"}, 1),
                HasSubstr("\"nowhere\" is no IP address"));
}

}  // namespace

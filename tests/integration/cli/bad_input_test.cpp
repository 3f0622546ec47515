// Bad input: a clear line, exit code 2, nothing measured and nothing written.
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace {

namespace fs = std::filesystem;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
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
                      BadConfig{"NoProfile", "[suite]\nname = s\n", "profile"}),
    [](const auto& info) { return std::string(info.param.name); });

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

class BadPluginTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BadPluginTest, IsNamedAndNothingIsMeasured) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini", kGood);
    fs::create_directories(directory / "plugins");
    const std::string name = GetParam().first;
    if (name == "text") {
        write_text(directory / "plugins/bad.so", "this is no library\n");
    } else if (name == "taken") {
        fs::copy(BENCHHOST_BINARY_DIR "/plugins/asio.so", directory / "plugins/bad.so");
    } else {
        const std::string source = BENCHHOST_BINARY_DIR "/fixture_plugins/good.so";
        fs::copy(source, directory / "plugins/bad.so");
        fs::resize_file(directory / "plugins/bad.so", fs::file_size(source) / 2);
    }
    const auto run = run_command({kBenchhost, "--config", directory / "suite.ini", "--out",
                                  directory / "out", "--plugin-dir", directory / "plugins"});
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr(".so"));
    EXPECT_THAT(run.err, HasSubstr(GetParam().second));
    EXPECT_FALSE(fs::exists(directory / "out"));
}

INSTANTIATE_TEST_SUITE_P(All, BadPluginTest,
                         ::testing::Values(std::pair{"text", "bad.so"},
                                           std::pair{"truncated", "bad.so"},
                                           std::pair{"taken", "already taken"}),
                         [](const auto& info) { return std::string(info.param.first); });

TEST(BadInput, ResultsFolderThatCannotBeMade) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini", kGood);
    const auto run = run_command(
        {kBenchhost, "--config", directory / "suite.ini", "--out", directory / "suite.ini/out"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("suite.ini/out"));
}

}  // namespace

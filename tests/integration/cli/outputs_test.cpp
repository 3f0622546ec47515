// Where results and reports go, from outside.
#include "core/config/config.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using benchhost::config::kRunFiles;
using benchhost::fixtures::Command;
using benchhost::fixtures::copy_programs;
using benchhost::fixtures::read_text;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::HasSubstr;

// A busy machine may take away the whole window, which makes the exit code 1.
const std::string kSuite =
    "[suite]\nname = short\nservers = asio\nretries = 0\ncalm = 0\nrepeats = 1\n"
    "[profile.text]\nroute = text\nload = closed\nconnections = 4\nduration = 200ms\nwarmup = 0\n"
    "timeout = 10s\n"
    "csv = seconds.csv\n";

class OutputsTest : public ::testing::Test {
  protected:
    OutputsTest() { write_text(directory_ / "suite.ini", kSuite); }

    TemporaryDirectory directory_;
    const std::string benchhost_ = copy_programs(directory_.path());
};

TEST_F(OutputsTest, TwoRunsOfOneSecondGetAFolderEach) {
    const std::vector<std::string> argv = {
        "/bin/sh", "-c",
        "cd " + directory_.path() + " && exec " + benchhost_ + " --config suite.ini --no-progress"};
    Command first(argv);
    Command second(argv);
    const auto one = first.wait();
    const auto other = second.wait();
    EXPECT_LE(one.exit_code, 1) << one.err;
    EXPECT_LE(other.exit_code, 1) << other.err;
    std::size_t folders = 0;
    for (const auto& folder : fs::directory_iterator(directory_ / "results")) {
        ++folders;
        EXPECT_TRUE(fs::exists(folder.path() / "results.json")) << folder.path();
    }
    EXPECT_EQ(folders, 2U);
}

TEST_F(OutputsTest, NoCsvMayHaveTheNameOfAnythingElseThatARunWrites) {
    const auto out = directory_ / "out";
    const auto run = run_command({benchhost_, "--config", directory_ / "suite.ini", "--out", out});
    ASSERT_LE(run.exit_code, 1) << run.err;
    std::size_t entries = 0;
    for (const auto& entry : fs::directory_iterator(out)) {
        const auto name = entry.path().filename().string();
        ++entries;
        if (name != "seconds.csv") {
            EXPECT_TRUE(std::count(kRunFiles.begin(), kRunFiles.end(), name)) << name;
        }
    }
    EXPECT_GE(entries, 3U);
}

TEST_F(OutputsTest, ACsvThatCannotBeWrittenCostsNothingElse) {
    const auto out = directory_ / "out";
    fs::create_directories(out + "/seconds.csv");
    const auto run = run_command({benchhost_, "--config", directory_ / "suite.ini", "--out", out});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.err, HasSubstr("seconds.csv: Is a directory"));
    EXPECT_TRUE(fs::exists(out + "/results.json"));
    EXPECT_TRUE(fs::exists(out + "/report.md"));
}

TEST_F(OutputsTest, AReportGoesToWhatItsPathNames) {
    const std::string results = BENCHHOST_SOURCE_DIR "/tests/golden/one-server.json";
    const auto report_to = [&](const std::string& out) {
        return run_command({benchhost_, "report", results, "--out", out});
    };
    const auto plain = run_command({benchhost_, "report", results});
    for (const std::string out : {"-", "/dev/stdout", "/proc/self/fd/1"}) {
        const auto run = report_to(out);
        EXPECT_EQ(run.exit_code, 0) << run.err;
        EXPECT_EQ(run.out, plain.out) << out;
    }
    fs::create_symlink("real.md", directory_ / "link.md");
    EXPECT_EQ(report_to(directory_ / "link.md").exit_code, 0);
    EXPECT_TRUE(fs::is_symlink(directory_ / "link.md"));
    EXPECT_EQ(read_text(directory_ / "real.md"), plain.out);
}

}  // namespace

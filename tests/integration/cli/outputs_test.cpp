// Where results and reports go, from outside.
#include "core/config/config.hpp"
#include "core/results/rules.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

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

/// The members that are written of it: "server_usage.cpu_s".
template <class Value>
void add_said(const Value& value, const std::string& place, std::set<std::string>& said) {
    using benchhost::results::InFileRules;
    if constexpr (benchhost::kIsA<Value, std::optional>) {
        add_said(*value, place, said);
    } else if constexpr (benchhost::DescribedStruct<Value>) {
        benchhost::for_each_member<Value>([&]<class Member>(Member /*type*/) {
            if (InFileRules::is_written<Member>(value)) {
                const std::string inner = place + "." + InFileRules::key<Member>();
                said.insert(inner);
                add_said(value.*Member::pointer, inner, said);
            }
        });
    }
}

std::set<std::string> said_in(const std::string& path) {
    const auto results = benchhost::results::read_results(path).value();
    std::set<std::string> said;
    add_said(results, "", said);
    add_said(results.trials.at(0), ".trials[]", said);
    return said;
}

// What the reports are tested with must not fall behind what a run writes.
TEST_F(OutputsTest, ARunSaysNothingThatTheGoldenInputLacks) {
    const auto out = directory_ / "out";
    const auto run =
        run_command({benchhost_, "--config", directory_ / "suite.ini", "--out", out}, 60s);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const auto golden = said_in(BENCHHOST_SOURCE_DIR "/tests/golden/one-server.json");
    // Long, and of the machine; everything.json has them.
    const std::set<std::string> elsewhere{
        ".trials[].histogram", ".trials[].service_histogram",   ".trials[].series",
        ".trials[].warmup",    ".trials[].machine.quota_stops", ".trials[].notes"};
    for (const auto& place : said_in(out)) {
        EXPECT_TRUE(golden.count(place) > 0 || elsewhere.count(place) > 0)
            << place << ": give the trials of tests/golden/*.json one, then ./dev golden";
    }
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

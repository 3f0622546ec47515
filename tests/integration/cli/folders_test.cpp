// Where a suite is measured: whatever the folder is called, whoever else wants it, and when it is
// gone or full.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/eventually.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <list>
#include <string>
#include <system_error>
#include <vector>

namespace {

namespace fs = std::filesystem;
using benchhost::fixtures::Command;
using benchhost::fixtures::copy_programs;
using benchhost::fixtures::eventually;
using benchhost::fixtures::processes_with;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Folders : public ::testing::Test {
  protected:
    Folders() {
        fs::create_directories(directory_ / "plugins");
        fs::copy(BENCHHOST_FIXTURE_PLUGINS "/good.so", directory_ / "plugins/good.so");
    }
    void write_suite(const fs::path& path, unsigned repeats) const {
        write_text(path, "[suite]\nname = s\nservers = good\nretries = 0\ncalm = 0\nrepeats = " +
                             std::to_string(repeats) +
                             "\n[profile.text]\nroute = text\nload = closed\nconnections = 2\n"
                             "duration = 100ms\nwarmup = 0\ntimeout = 10s\n");
    }
    std::vector<std::string> measure(const fs::path& suite, const fs::path& out) const {
        return {
            benchhost_, "--config", suite, "--out", out, "--plugin-dir", directory_ / "plugins"};
    }
    std::vector<std::string> resume(const fs::path& out) const {
        return {benchhost_, "run", "--resume", out, "--plugin-dir", directory_ / "plugins"};
    }
    bool nothing_runs() const {
        return eventually([&] { return processes_with(directory_.path()).empty(); });
    }

    TemporaryDirectory directory_;
    const std::string benchhost_ = copy_programs(directory_.path());
};

std::size_t trials_in(const fs::path& out) {
    const auto results = benchhost::results::read_results(out / "results.json");
    EXPECT_TRUE(results) << (results ? "" : results.error().message);
    return results ? results->trials.size() : 0;
}

/// Files that are on their way to their name: "00001.json.1a2b3c4d".
std::vector<std::string> half_written(const fs::path& folder) {
    std::vector<std::string> found;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
        const auto extension = entry.path().extension().string();
        if (extension.size() == 9 &&
            extension.find_first_not_of(".0123456789abcdef") == std::string::npos) {
            found.push_back(entry.path().filename().string());
        }
    }
    return found;
}

TEST_F(Folders, OfFourRunsInOneOneMeasures) {
    write_suite(directory_ / "suite.ini", 2);
    std::list<Command> runs;
    for (int i = 0; i < 4; ++i) {
        runs.emplace_back(measure(directory_ / "suite.ini", directory_ / "out"));
    }
    int measured = 0;
    for (auto& run : runs) {
        const auto ended = run.wait();
        measured += ended.exit_code <= 1 ? 1 : 0;
        if (ended.exit_code > 1) {
            EXPECT_EQ(ended.exit_code, 2) << ended.err;
            EXPECT_THAT(ended.err, AnyOf(HasSubstr("another benchhost is running this suite"),
                                         HasSubstr("holds the results of another run")));
        }
    }
    EXPECT_EQ(measured, 1);
    EXPECT_EQ(trials_in(directory_ / "out"), 2U);
    EXPECT_TRUE(nothing_runs());
}

TEST_F(Folders, OneThatIsDeletedMeanwhileEndsTheRunWithAMessage) {
    write_suite(directory_ / "suite.ini", 300);
    Command run(measure(directory_ / "suite.ini", directory_ / "out"));
    ASSERT_TRUE(eventually([&] { return fs::exists(directory_ / "out/journal/00000.json"); }));
    fs::rename(directory_ / "out/journal", directory_ / "taken-away");
    std::error_code error;
    fs::remove_all(directory_ / "out", error);
    const auto ended = run.wait();
    EXPECT_EQ(ended.exit_code, 1) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("No such file or directory"));
    EXPECT_TRUE(nothing_runs());
}

class NamedFolder : public Folders, public ::testing::WithParamInterface<std::string> {};

TEST_P(NamedFolder, IsAFolderAsAnyOther) {
    const auto folder = fs::path(directory_.path()) / GetParam();
    fs::create_directories(folder);
    write_suite(folder / "suite.ini", 1);
    const auto run = run_command(measure(folder / "suite.ini", folder / "out"));
    // A busy machine may take away a window of 100 ms whole, which fails the trial.
    EXPECT_LE(run.exit_code, 1) << run.err;
    EXPECT_EQ(run.err.find('\x1b'), std::string::npos) << "it reached the terminal";
    EXPECT_EQ(trials_in(folder / "out"), 1U);
    const auto again = run_command(resume(folder / "out"));
    EXPECT_LE(again.exit_code, 1) << again.err;
    EXPECT_EQ(trials_in(folder / "out"), 1U);
}

INSTANTIATE_TEST_SUITE_P(All, NamedFolder,
                         ::testing::Values("it's \"quoted\"", "two\nlines", "\x1b[31mred",
                                           "caf\xe9", "{cwd} %s $HOME `id`", "-rf"),
                         [](const auto& test) { return "Name" + std::to_string(test.index); });

TEST_F(Folders, ACheckLeavesNothingInTheTemporaryOne) {
    fs::create_directories(directory_ / "tmp");
    const auto run = run_command({"/usr/bin/env", "TMPDIR=" + (directory_ / "tmp"), benchhost_,
                                  "check", directory_ / "plugins/good.so"});
    EXPECT_LE(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("passed"));
    EXPECT_TRUE(fs::is_empty(directory_ / "tmp"));
    EXPECT_TRUE(nothing_runs());
}

// In the name of nobody, who may write into a folder of his own alone.
TEST_F(Folders, WhoHasNoPrivilegesMeasuresAsWell) {
    if (::getuid() != 0) {
        GTEST_SKIP() << "all other tests are run without privileges";
    }
    const std::vector<std::string> nobody = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534",
                                             "--clear-groups"};
    const auto as_nobody = [&](std::vector<std::string> argv) {
        argv.insert(argv.begin(), nobody.begin(), nobody.end());
        return run_command(argv);
    };
    ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
    fs::create_directories(directory_ / "his");
    ASSERT_EQ(::chown((directory_ / "his").c_str(), 65534, 65534), 0);
    if (const auto can = as_nobody({benchhost_, "--version"}); can.exit_code != 0) {
        GTEST_SKIP() << "nobody cannot start what was built here: " << can.err;
    }
    write_suite(directory_ / "suite.ini", 1);
    const auto run = as_nobody(measure(directory_ / "suite.ini", directory_ / "his/out"));
    EXPECT_LE(run.exit_code, 1) << run.err;
    EXPECT_EQ(trials_in(directory_ / "his/out"), 1U);
    EXPECT_TRUE(nothing_runs());
}

/// A disk of one megabyte, in a name space of mounts that ends with us.
class SmallDisk {
  public:
    explicit SmallDisk(const std::string& path) : path_(path) {
        fs::create_directories(path);
        is_there_ = ::unshare(CLONE_NEWNS) == 0 &&
                    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                    ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=1m") == 0;
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (is_there_) {
            ::umount2(path_.c_str(), MNT_DETACH);
        }
    }
    bool is_there() const { return is_there_; }
    /// Takes all but `room` bytes of what is free.
    void leave(std::uint64_t room) const {
        struct statvfs status {};
        ASSERT_EQ(::statvfs(path_.c_str(), &status), 0);
        const std::uint64_t available = status.f_bavail * status.f_bsize;
        ASSERT_GE(available, room);
        write_text(path_ + "/filler", std::string(available - room, 'x'));
    }
    void make_room() const { fs::remove(path_ + "/filler"); }

  private:
    std::string path_;
    bool is_there_ = false;
};

// The payload, a trial or the report is what does not fit any more.
TEST_F(Folders, ADiskWithEverLessRoomIsToldAndTheSuiteGoesOnWhenThereIsMore) {
    const SmallDisk disk(directory_ / "disk");
    if (!disk.is_there()) {
        GTEST_SKIP() << "no disk can be mounted here";
    }
    write_suite(directory_ / "suite.ini", 2);
    int told = 0;
    for (const std::uint64_t room :
         {400'000U, 100'000U, 60'000U, 40'000U, 24'000U, 12'000U, 4'096U}) {
        SCOPED_TRACE(room);
        const auto out = fs::path(directory_ / "disk/out");
        fs::remove_all(out);
        disk.leave(room);
        const auto run = run_command(measure(directory_ / "suite.ini", out));
        if (run.exit_code > 1 || run.err.find("No space left") != std::string::npos) {
            EXPECT_THAT(run.exit_code, AnyOf(1, 2)) << run.err;
            EXPECT_THAT(run.err, HasSubstr("No space left on device"));
            ++told;
        }
        EXPECT_THAT(half_written(out), IsEmpty());
        disk.make_room();
        if (fs::exists(out / "journal/manifest.json")) {
            const auto again = run_command(resume(out));
            EXPECT_LE(again.exit_code, 1) << again.err;
            EXPECT_EQ(trials_in(out), 2U);
        }
    }
    EXPECT_GT(told, 0);
    EXPECT_TRUE(nothing_runs());
}

}  // namespace

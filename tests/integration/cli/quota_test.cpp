// A run in a control group whose parent rations the processors.
#include "core/machine/group_location.hpp"
#include "core/machine/proc_file.hpp"
#include "core/process/group_division.hpp"
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using benchhost::fixtures::copy_programs;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::machine::read_proc;
using benchhost::machine::write_proc;
using ::testing::HasSubstr;

/// A group below ours that gets a tenth of a processor, and one in it without a quota of its own.
class RationedGroup {
  public:
    RationedGroup() {
        const auto own =
            benchhost::machine::locate_group("cpu", read_proc("/proc/self/cgroup").value_or(""),
                                             read_proc("/proc/self/mountinfo").value_or(""));
        if (!own) {
            why_not_ = "no control group with cpu is mounted";
            return;
        }
        const auto name = fmt::format("rationed-{}", ::getpid());
        folder_ = own->group / name;
        inner_ = folder_ / "inner";
        std::error_code error;
        fs::create_directories(inner_, error);
        const bool old = own->version == 1;
        const auto file = folder_ / (old ? "cpu.cfs_quota_us" : "cpu.max");
        if (error || !fs::exists(file, error) ||
            write_proc(file.string(), old ? "10000" : "10000 100000") != 0) {
            why_not_ = "we may not ration a group below " + own->group.string();
        }
    }
    ~RationedGroup() {
        if (!folder_.empty()) {
            benchhost::process::remove_group(inner_.string());
            benchhost::process::remove_group(folder_.string());
        }
    }
    RationedGroup(const RationedGroup&) = delete;
    RationedGroup& operator=(const RationedGroup&) = delete;

    const std::string& why_not() const { return why_not_; }
    std::string name() const { return folder_.filename().string(); }
    /// The command, run in the inner group.
    std::vector<std::string> around(const std::vector<std::string>& command) const {
        std::vector<std::string> argv = {"/bin/sh", "-c", R"(echo $$ > "$0" && exec "$@")",
                                         inner_ / "cgroup.procs"};
        argv.insert(argv.end(), command.begin(), command.end());
        return argv;
    }

  private:
    fs::path folder_, inner_;
    std::string why_not_;
};

TEST(Quota, OfAParentIsNamedByDoctorAndInTheVerdict) {
    const RationedGroup group;
    if (!group.why_not().empty()) {
        GTEST_SKIP() << group.why_not();
    }
    const TemporaryDirectory directory;
    const auto benchhost = copy_programs(directory.path());
    const auto doctor = run_command(group.around({benchhost, "doctor"}));
    EXPECT_THAT(doctor.out, HasSubstr("0.1 processors in group "));
    EXPECT_THAT(doctor.out, HasSubstr(group.name() + "\n"));

    write_text(directory / "suite.ini",
               "[suite]\nname = rationed\nservers = asio\nretries = 20\ncalm = 0\nrepeats = 1\n"
               "[profile.text]\nroute = text\nload = closed\nconnections = 4\n"
               "duration = 1s\nwarmup = 100ms\ntimeout = 20s\n");
    const auto run = run_command(
        group.around({benchhost, "--config", directory / "suite.ini", "--out", directory / "out"}));
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.err, HasSubstr("gives the time of 0.1 processors"));
    const auto results = benchhost::results::read_results(directory / "out/results.json");
    ASSERT_TRUE(results) << results.error().message;
    // Beside others it may get less than its quota, and is not stopped by it then.
    for (const auto& trial : results->trials) {
        EXPECT_EQ(trial.superseded, trial.machine && trial.machine->quota_stops.empty())
            << "a quota stays: what it stopped is not run again";
    }
    const auto& trial = results->trials.back();
    EXPECT_EQ(trial.verdict, benchhost::model::Verdict::machine_bound);
    EXPECT_THAT(trial.verdict_why.value_or(""),
                HasSubstr("the control group's quota stopped the server and generator"));
    EXPECT_THAT(trial.verdict_why.value_or(""), HasSubstr(group.name() + ", 0.1 processors)"));
    ASSERT_TRUE(trial.machine);
    ASSERT_EQ(trial.machine->quota_stops.size(), 1U);
    EXPECT_GT(trial.machine->quota_stops.front().stopped_s, 0);
}

}  // namespace

#include "core/suite/machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace benchhost::suite {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(MachineTimes, ReadsTheFirstLineOfProcStat) {
    const auto times = parse_machine_times(
        "cpu  100 1 50 1000 20 3 4 7 0 0\ncpu0 50 0 25 500 10 1 2 3 0 0\n", 100);
    ASSERT_TRUE(times);
    EXPECT_EQ(times->busy, milliseconds(1580));
    EXPECT_EQ(times->steal, milliseconds(70));
    EXPECT_EQ(times->total, milliseconds(1580 + 70 + 10'200));
}

TEST(MachineTimes, IsAbsentWhenTheFileIsSomethingElse) {
    EXPECT_FALSE(parse_machine_times("", 100));
    EXPECT_FALSE(parse_machine_times("intr 1 2 3\n", 100));
    EXPECT_FALSE(parse_machine_times("cpu 1 2\n", 100));
    EXPECT_FALSE(parse_machine_times("cpu 1 2 3 4 5 6 7 8\n", 0));
}

TEST(MachineShare, LeavesOutServerAndGenerator) {
    const MachineTimes begin{seconds(10), seconds(1), seconds(100)};
    const MachineTimes end{seconds(28), seconds(2), seconds(120)};
    const auto share = share_between(begin, end, seconds(9), seconds(7));
    EXPECT_DOUBLE_EQ(share.steal, 0.05);
    EXPECT_DOUBLE_EQ(share.others, 0.10);
}

TEST(MachineShare, OthersAreNeverNegative) {
    const MachineTimes begin{seconds(0), seconds(0), seconds(0)};
    const MachineTimes end{seconds(1), seconds(0), seconds(2)};
    EXPECT_EQ(share_between(begin, end, seconds(2), seconds(0)).others, 0);
    EXPECT_EQ(share_between(begin, begin, seconds(0), seconds(0)).others, 0);
}

TEST(MachineHealth, TellsNoSharesOfAWindowThatIsTooShortForTheTicks) {
    const auto cpus = std::max(1U, std::thread::hardware_concurrency());
    MachineLook begin, end;
    begin.times = MachineTimes{seconds(0), seconds(0), seconds(0)};
    end.times = MachineTimes{seconds(1), seconds(0), cpus * milliseconds(400)};
    EXPECT_FALSE(health_between(begin, end, seconds(0), seconds(0)).others);
    end.times->total = cpus * seconds(1);
    const auto health = health_between(begin, end, seconds(0), milliseconds(500));
    EXPECT_DOUBLE_EQ(health.others.value_or(-1), 0.5 / cpus);
    EXPECT_FALSE(health.throttled);
    EXPECT_FALSE(health_between(begin, end, std::nullopt, seconds(0)).steal);
}

TEST(MachineHealth, CountsHowOftenTheProcessorsWereSlowed) {
    MachineLook begin, end;
    begin.clock = {3000, 7};
    end.clock = {2500, 9};
    const auto health = health_between(begin, end, seconds(0), seconds(0));
    EXPECT_EQ(health.throttled, 2U);
    EXPECT_EQ(health.mhz_begin, 3000);
    EXPECT_EQ(health.mhz_end, 2500);
}

TEST(Calm, CountsTheThreadsThatRunBesideOurs) {
    EXPECT_EQ(threads_running("cpu 1 2 3\nprocesses 9\nprocs_running 3\nprocs_blocked 0\n"), 2);
    EXPECT_EQ(threads_running("cpu 1\nprocs_running 1\n"), 0);
    EXPECT_FALSE(threads_running("cpu 1 2 3\n"));
}

TEST(Calm, ReturnsAtOnceWhenStopped) {
    const std::atomic<bool> stop{true};
    const auto begin = std::chrono::steady_clock::now();
    wait_until_calm(seconds(60), stop);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(10));
}

TEST(DescribeMachine, TellsWhatEveryLinuxTells) {
    const auto facts = describe_machine();
    for (const auto* key : {"kernel", "cpus", "memory", "memory_available", "nofile_hard",
                            "compiler", "libraries", "benchhost_sha256"}) {
        ASSERT_EQ(facts.count(key), 1U) << key;
        EXPECT_FALSE(facts.at(key).empty()) << key;
    }
}

}  // namespace
}  // namespace benchhost::suite

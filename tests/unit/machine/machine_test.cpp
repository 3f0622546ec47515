#include "core/machine/environment.hpp"
#include "core/machine/health.hpp"
#include "core/results/environment_facts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace benchhost::machine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(MachineTimes, AreReadProcessorByProcessor) {
    const auto times = parse_machine_times(
        "cpu  150 1 75 1500 30 0 4 7 0 0\ncpu0 100 1 50 1000 20 0 4 7 0 0\n"
        "cpu3 50 0 25 500 10 0 0 0 0 0\nintr 3 4 5\nctxt 1\n",
        100);
    ASSERT_EQ(times.size(), 2U);
    EXPECT_EQ(times.at(0).busy, milliseconds(1550));
    EXPECT_EQ(times.at(0).steal, milliseconds(70));
    EXPECT_EQ(times.at(0).total, milliseconds(1550 + 70 + 10'200));
    EXPECT_EQ(times.at(3).busy, milliseconds(750));
    EXPECT_FALSE(sum_of(times, {0, 1})) << "of processor 1 nothing is known";
    EXPECT_EQ(sum_of(times, {0, 3})->busy, milliseconds(2300));
    EXPECT_FALSE(sum_of(times, {}));
}

TEST(MachineTimes, InterruptsThatAreClockedApartAreNobodys) {
    const auto times = parse_machine_times(
        "cpu  100 0 50 1000 0 20 40 0 0 0\ncpu0 100 0 50 1000 0 20 40 0 0 0\n", 100);
    EXPECT_EQ(times.at(0).busy, milliseconds(1500));
    EXPECT_EQ(times.at(0).total, milliseconds(12'100));
}

TEST(MachineTimes, AreAbsentWhenTheFileIsSomethingElse) {
    EXPECT_TRUE(parse_machine_times("", 100).empty());
    EXPECT_TRUE(parse_machine_times("intr 1 2 3\n", 100).empty());
    EXPECT_TRUE(parse_machine_times("cpu 1 2 3 4 5 6 7 8\ncpu0 1 2\n", 100).empty());
    EXPECT_TRUE(parse_machine_times("cpu0 1 2 3 4 5 6 7 8\n", 0).empty());
}

TEST(MachineShare, LeavesOutWhatWasAskedFor) {
    const MachineTimes begin{seconds(10), seconds(1), seconds(100)};
    const MachineTimes end{seconds(28), seconds(2), seconds(120)};
    const auto share = share_between(begin, end, seconds(16));
    EXPECT_DOUBLE_EQ(share.steal, 0.05);
    EXPECT_DOUBLE_EQ(share.others, 0.10);
}

TEST(MachineShare, OthersAreNeverNegative) {
    const MachineTimes begin{seconds(0), seconds(0), seconds(0)};
    const MachineTimes end{seconds(1), seconds(0), seconds(2)};
    EXPECT_EQ(share_between(begin, end, seconds(2)).others, 0);
    EXPECT_EQ(share_between(begin, begin, seconds(0)).others, 0);
}

/// /proc/stat of sixteen processors in a window of 10 s. Processor 0 serves and 4 generates, each
/// half of the time; `looped` are full of somebody else's busy loops, as far as ours leave it.
std::pair<MachineLook, MachineLook> window_of_sixteen(const std::vector<unsigned>& looped) {
    std::string before = "cpu 1 2 3 4 5 0 6 7\n";
    std::string after = before;
    for (unsigned cpu = 0; cpu < 16; ++cpu) {
        const int ours = cpu == 0 || cpu == 4 ? 500 : 0;
        const bool loops = std::find(looped.begin(), looped.end(), cpu) != looped.end();
        before += fmt::format("cpu{} 0 0 0 0 0 0 0 0 0 0\n", cpu);
        after += fmt::format("cpu{} {} 0 0 {} 0 0 0 0 0 0\n", cpu, loops ? 1000 : ours,
                             loops ? 0 : 1000 - ours);
    }
    MachineLook begin, end;
    begin.times = parse_machine_times(before, 100);
    end.times = parse_machine_times(after, 100);
    return {begin, end};
}

TEST(MachineHealth, OneBusyLoopOnTheServersProcessorIsSeenAmongSixteen) {
    const auto [begin, end] = window_of_sixteen({0});
    const auto health = health_between(begin, end, {{0}, {4}}, seconds(5), seconds(5));
    EXPECT_DOUBLE_EQ(health.others.value_or(-1), 0.5);
    EXPECT_EQ(health.others_of, "server");
}

TEST(MachineHealth, WhatRunsOnProcessorsOfNeitherSideIsNotSeen) {
    const auto [begin, end] = window_of_sixteen({1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    const auto health = health_between(begin, end, {{0}, {4}}, seconds(5), seconds(5));
    EXPECT_DOUBLE_EQ(health.others.value_or(-1), 0);
    EXPECT_DOUBLE_EQ(health.steal.value_or(-1), 0);
}

TEST(MachineHealth, ABusySiblingIsSeen) {
    const auto [begin, end] = window_of_sixteen({12});
    // 12 is the other hardware thread of 4's core.
    const auto health = health_between(begin, end, {{0, 8}, {4, 12}}, seconds(5), seconds(5));
    EXPECT_DOUBLE_EQ(health.others.value_or(-1), 0.5);
    EXPECT_EQ(health.others_of, "generator");
}

TEST(MachineHealth, StealIsThatOfTheSideThatLostMore) {
    auto [begin, end] = window_of_sixteen({});
    end.times[4].steal = milliseconds(300);
    const auto health = health_between(begin, end, {{0}, {4}}, seconds(5), seconds(5));
    EXPECT_DOUBLE_EQ(health.steal.value_or(-1), 0.03);
    EXPECT_EQ(health.steal_of, "generator");
}

TEST(MachineHealth, OfSharedProcessorsBothSidesUse) {
    const auto [begin, end] = window_of_sixteen({});
    const auto health = health_between(begin, end, {{0, 4}, {0, 4}}, seconds(7), seconds(3));
    EXPECT_DOUBLE_EQ(health.others.value_or(-1), 0);
}

TEST(MachineHealth, TellsNoSharesOfProcessorsThatAreNotListed) {
    auto [begin, end] = window_of_sixteen({0});
    end.times.erase(0);
    const auto health = health_between(begin, end, {{0}, {}}, seconds(5), seconds(5));
    EXPECT_FALSE(health.others);
    EXPECT_FALSE(health.steal);
}

TEST(MachineHealth, TellsNoSharesOfAWindowThatIsTooShortForTheTicks) {
    MachineLook begin, end;
    begin.times = {{0, {}}, {1, {}}};
    end.times = {{0, {milliseconds(200), {}, milliseconds(400)}},
                 {1, {milliseconds(200), {}, milliseconds(400)}}};
    const WatchedCpus both{{0, 1}, {}};
    EXPECT_FALSE(health_between(begin, end, both, seconds(0), seconds(0)).others);
    end.times[0].total = end.times[1].total = milliseconds(500);
    const auto health = health_between(begin, end, both, milliseconds(300), seconds(0));
    EXPECT_DOUBLE_EQ(health.others.value_or(-1), 0.1);
    EXPECT_FALSE(health.throttled);
    EXPECT_FALSE(health_between(begin, end, both, std::nullopt, seconds(0)).steal);
}

CpuQuota used_quota(const std::string& group, std::uint64_t periods, std::uint64_t stopped_periods,
                    Nanoseconds stopped) {
    return {group, 1.5, QuotaUse{periods, stopped_periods, stopped}};
}

TEST(MachineHealth, QuotasThatStoppedASideAreToldAtAnyLengthOfTheWindow) {
    MachineLook begin, end;
    begin.quotas.server = {used_quota("/q/own", 10, 0, {}), used_quota("/q", 100, 5, seconds(1))};
    end.quotas.server = {used_quota("/q/own", 110, 37, milliseconds(500)),
                         used_quota("/q", 100, 5, milliseconds(1020))};
    begin.quotas.client = {used_quota("/q", 100, 5, seconds(1))};
    end.quotas.client = {used_quota("/q", 100, 5, milliseconds(1020))};
    const auto stops = health_between(begin, end, {}, std::nullopt, seconds(0)).quota_stops;
    ASSERT_EQ(stops.size(), 2U);
    EXPECT_EQ(stops[0].group, "/q/own");
    EXPECT_EQ(stops[0].of, "server");
    EXPECT_DOUBLE_EQ(stops[0].share.value_or(0), 0.37);
    EXPECT_DOUBLE_EQ(stops[0].stopped_s, 0.5);
    EXPECT_EQ(stops[1].of, "server and generator");
    EXPECT_FALSE(stops[1].share) << "no period ended in the window";
    EXPECT_NEAR(stops[1].stopped_s, 0.02, 1e-9);
}

TEST(MachineHealth, AQuotaThatWasNotUsedUpIsNotTold) {
    MachineLook begin, end;
    begin.quotas.client = {used_quota("/q", 100, 5, seconds(1)), {"/unknown", 1, {}}};
    end.quotas.client = {used_quota("/q", 200, 5, seconds(1)),
                         {"/unknown", 1, {}},
                         used_quota("/new", 9, 9, seconds(9))};
    EXPECT_TRUE(health_between(begin, end, {}, seconds(0), seconds(0)).quota_stops.empty());
}

TEST(WatchedCpus, KeepTheSidesApartUnlessTheyShare) {
    const auto apart = watched_cpus({7001}, {7002});  // processors without a sibling
    EXPECT_EQ(apart.server, std::vector<unsigned>{7001});
    EXPECT_EQ(apart.client, std::vector<unsigned>{7002});
    const auto shared = watched_cpus({7001, 7002}, {7002, 7003});
    EXPECT_EQ(shared.server, (std::vector<unsigned>{7001, 7002, 7003}));
    EXPECT_EQ(shared.client, shared.server);
    EXPECT_TRUE(watched_cpus({}, {7001}).server.empty());
}

TEST(MachineHealth, CountsHowOftenTheProcessorsWereSlowed) {
    MachineLook begin, end;
    begin.clock = {3000, 7};
    end.clock = {2500, 9};
    const auto health = health_between(begin, end, {}, seconds(0), seconds(0));
    EXPECT_EQ(health.throttled, 2U);
    EXPECT_EQ(health.mhz_begin, 3000);
    EXPECT_EQ(health.mhz_end, 2500);
}

TEST(DescribeMachine, TellsWhatEveryLinuxTells) {
    const auto facts = describe_machine();
    for (const auto* key : {"kernel", "cpus", "memory", "memory_available", "nofile_hard",
                            "compiler", "libraries", "benchhost_sha256"}) {
        ASSERT_EQ(facts.count(key), 1U) << key;
        EXPECT_FALSE(facts.at(key).empty()) << key;
    }
    for (const auto& [key, value] : facts) {
        EXPECT_TRUE(results::is_fact(key))
            << key << " is not in core/results/environment_facts.cpp";
    }
}

}  // namespace
}  // namespace benchhost::machine

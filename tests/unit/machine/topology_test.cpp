#include "core/machine/topology.hpp"

#include "core/machine/cpu_list.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace benchhost::machine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const CpuWish kAutomatic{};
CpuWish given(std::vector<unsigned> cpus) { return {false, std::move(cpus)}; }

TEST(CpuList, IsReadAndWrittenAsTheKernelDoes) {
    EXPECT_EQ(format_cpu_list({}), "");
    EXPECT_EQ(format_cpu_list({3, 1, 2, 7, 9, 8, 12}), "1-3,7-9,12");
    EXPECT_THAT(parse_cpu_list("0-2,5,7-7\n"), ElementsAre(0, 1, 2, 5, 7));
    EXPECT_THAT(parse_cpu_list("\n"), IsEmpty());
    EXPECT_THAT(parse_cpu_list("nonsense,3"), ElementsAre(3));
}

class SysTree : public ::testing::Test {
  protected:
    SysTree() {
        auto pattern = (std::filesystem::temp_directory_path() / "topology-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    ~SysTree() override { std::filesystem::remove_all(root_); }
    void add(unsigned cpu, const std::string& package, const std::string& siblings) const {
        const auto folder = fmt::format("cpu{}/topology/", cpu);
        write(folder + "physical_package_id", package);
        write(folder + "thread_siblings_list", siblings);
    }
    void write(const std::string& file, const std::string& text) const {
        const auto path = root_ / file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text << "\n";
    }
    /// A Core i7-12700K: eight fast cores of two hardware threads, four slow ones of one. The maker
    /// grants two of the fast ones a little more.
    std::vector<unsigned> add_fast_and_slow(const std::string& file) const {
        std::vector<unsigned> all;
        for (unsigned cpu = 0; cpu < 20; ++cpu) {
            const unsigned first = cpu < 16 ? cpu / 2 * 2 : cpu;
            add(cpu, "0", cpu < 16 ? fmt::format("{}-{}", first, first + 1) : std::to_string(cpu));
            write(fmt::format("cpu{}/{}", cpu, file), cpu >= 16              ? "3800000"
                                                      : cpu >= 4 && cpu <= 7 ? "5000000"
                                                                             : "4900000");
            all.push_back(cpu);
        }
        return all;
    }
    std::filesystem::path root_;
};

TEST_F(SysTree, SiblingsAreOneCoreAndPackagesStandTogether) {
    add(0, "0", "0,4");
    add(1, "1", "1,5");
    add(2, "0", "2,6");
    add(3, "1", "3,7");
    add(4, "0", "0,4");
    add(5, "1", "1,5");
    add(6, "0", "2,6");
    add(7, "1", "3,7");
    const auto topology = read_topology(root_, {0, 1, 2, 3, 4, 5, 6, 7});
    EXPECT_THAT(topology.cores,
                ElementsAre(Core{{0, 4}}, Core{{2, 6}}, Core{{1, 5}}, Core{{3, 7}}));
}

TEST_F(SysTree, OnlyWhatIsAllowedCounts) {
    add(0, "0", "0-1");
    add(1, "0", "0-1");
    add(2, "0", "2-3");
    add(3, "0", "2-3");
    EXPECT_THAT(read_topology(root_, {1, 2, 3}).cores, ElementsAre(Core{{1}}, Core{{2, 3}}));
}

TEST_F(SysTree, WithoutAWordFromSysEveryProcessorIsACore) {
    EXPECT_THAT(read_topology(root_, {0, 2}).cores, ElementsAre(Core{{0}}, Core{{2}}));
}

TEST_F(SysTree, FastAndSlowCoresAreOfTwoKinds) {
    for (const auto* file : {"cpu_capacity", "cpufreq/cpuinfo_max_freq"}) {
        const auto topology = read_topology(root_, add_fast_and_slow(file));
        ASSERT_EQ(topology.cores.size(), 12U);
        EXPECT_EQ(topology.cores[0], (Core{{0, 1}, 0}));
        EXPECT_EQ(topology.cores[2], (Core{{4, 5}, 0}));
        EXPECT_EQ(topology.cores[8], (Core{{16}, 1}));
        EXPECT_EQ(describe_kinds(topology), "0-15; slower: 16-19");
        std::filesystem::remove_all(root_);
    }
}

TEST_F(SysTree, WhatTheKernelCallsSlowIsSlow) {
    std::filesystem::create_directories(root_ / "cpu_atom");
    std::ofstream(root_ / "cpu_atom/cpus") << "2-3\n";
    const auto topology = read_topology(root_ / "system/cpu", {0, 1, 2, 3});
    EXPECT_THAT(topology.cores,
                ElementsAre(Core{{0}, 0}, Core{{1}, 0}, Core{{2}, 1}, Core{{3}, 1}));
    // Those that we may use are of one kind.
    EXPECT_EQ(describe_kinds(read_topology(root_ / "system/cpu", {2, 3})), "");
}

TEST_F(SysTree, SiblingsAreFoundAlsoWhereWeMayNotUseThem) {
    add(0, "0", "0,4");
    add(1, "0", "1,5");
    EXPECT_THAT(with_siblings(root_, {0, 1}), ElementsAre(0, 1, 4, 5));
    EXPECT_THAT(with_siblings(root_, {7}), ElementsAre(7));
}

TEST(ReadTopology, ThisMachineHasExactlyTheProcessorsWeMayUse) {
    std::vector<unsigned> found;
    for (const auto& core : read_topology().cores) {
        found.insert(found.end(), core.cpus.begin(), core.cpus.end());
    }
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, allowed_cpus());
}

TEST(DivideCpus, HalvesTheCoresAndKeepsSiblingsTogether) {
    const Topology topology{{{{0, 4}}, {{1, 5}}, {{2, 6}}, {{3, 7}}}, {}};
    const auto split = divide_cpus(topology, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0, 1, 4, 5));
    EXPECT_THAT(split->client, ElementsAre(2, 3, 6, 7));
    EXPECT_FALSE(split->shared);
    EXPECT_EQ(split->warning, "");
}

TEST(DivideCpus, AnOddCoreGoesToTheGenerator) {
    const auto split = divide_cpus({{{{0}}, {{1}}, {{2}}}, {}}, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0));
    EXPECT_THAT(split->client, ElementsAre(1, 2));
}

TEST(DivideCpus, WarnsWhereThereIsTooLittleToDivide) {
    auto split = divide_cpus({{{{0, 1}}}, {}}, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0));
    EXPECT_THAT(split->client, ElementsAre(1));
    EXPECT_FALSE(split->shared);
    EXPECT_THAT(split->warning, HasSubstr("processors 0-1 are hardware threads of one core"));

    split = divide_cpus({{{{3}}}, {}}, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(3));
    EXPECT_THAT(split->client, ElementsAre(3));
    EXPECT_TRUE(split->shared);
    EXPECT_THAT(split->warning, HasSubstr("share processors"));
}

TEST(DivideCpus, OneSideGivenLeavesTheOtherTheCoresItDoesNotTouch) {
    const Topology topology{{{{0, 4}}, {{1, 5}}, {{2, 6}}}, {}};
    auto split = divide_cpus(topology, given({1}), kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(1));
    EXPECT_THAT(split->client, ElementsAre(0, 2, 4, 6));
    EXPECT_EQ(split->warning, "");

    split = divide_cpus(topology, kAutomatic, given({0, 1, 2}));
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(4, 5, 6));
    EXPECT_THAT(split->warning, HasSubstr("hardware threads of one core"));

    split = divide_cpus(topology, given({0, 1, 2, 4, 5, 6}), kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_TRUE(split->shared);
}

TEST(DivideCpus, WhatIsGivenTwiceIsShared) {
    const auto split = divide_cpus({{{{0}}, {{1}}}, {}}, given({0, 1}), given({1}));
    ASSERT_TRUE(split);
    EXPECT_TRUE(split->shared);
    EXPECT_EQ(split->warning,
              "server (processors 0-1) and load generator (1) share processors: each takes time "
              "from the other");
}

TEST(DivideCpus, NeitherAutomaticNorGivenIsEverything) {
    const auto split = divide_cpus({{{{0}}, {{1}}}, {}}, given({}), given({}));
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0, 1));
    EXPECT_THAT(split->client, ElementsAre(0, 1));
    EXPECT_TRUE(split->shared);
}

TEST(DivideCpus, RefusesWhatIsNotOurs) {
    const auto split = divide_cpus({{{{0}}, {{1}}}, {}}, kAutomatic, given({1, 9}));
    ASSERT_FALSE(split);
    EXPECT_EQ(split.error().code, ErrorCode::usage);
    EXPECT_EQ(split.error().message, "client_cpus: processor 9 is not ours to use; there are 0-1");
}

TEST_F(SysTree, BothSidesGetTheSameKindOfCores) {
    const auto topology = read_topology(root_, add_fast_and_slow("cpufreq/cpuinfo_max_freq"));
    auto split = divide_cpus(topology, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_EQ(format_cpu_list(split->server), "0-7");
    EXPECT_EQ(format_cpu_list(split->client), "8-15");
    EXPECT_EQ(split->warning, "");

    split = divide_cpus(topology, given({0}), kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_EQ(format_cpu_list(split->client), "2-15");
    EXPECT_EQ(split->warning, "");

    split = divide_cpus(topology, given({16, 17}), kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_EQ(format_cpu_list(split->client), "18-19");
}

TEST_F(SysTree, CoresOfSeveralKindsAreWarnedAbout) {
    const auto topology = read_topology(root_, add_fast_and_slow("cpufreq/cpuinfo_max_freq"));
    const auto split = divide_cpus(topology, given({0, 1}), given({16}));
    ASSERT_TRUE(split);
    EXPECT_EQ(split->warning,
              "server (processors 0-1) and load generator (16) are not on cores of one kind "
              "(0-15; slower: 16-19): figures depend on which core does what");
    EXPECT_THAT(divide_cpus(topology, given({0, 16}), given({2, 17}))->warning,
                HasSubstr("not on cores of one kind"));
    // One fast and one slow core: there is no other way.
    EXPECT_THAT(divide_cpus({{{{0}, 0}, {{1}, 1}}, {}}, kAutomatic, kAutomatic)->warning,
                HasSubstr("not on cores of one kind"));
}

Topology sixteen_with_quota(double cpus) {
    Topology topology;
    for (unsigned cpu = 0; cpu < 8; ++cpu) {
        topology.cores.push_back({{cpu, cpu + 8}});
    }
    topology.quota = CpuQuota{"/q", cpus, {}};
    return topology;
}

TEST(DivideCpus, KeepsToTheQuotaAndSaysSo) {
    auto split = divide_cpus(sixteen_with_quota(2), kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0));
    EXPECT_THAT(split->client, ElementsAre(4));
    EXPECT_EQ(split->warning,
              "the control group /q gives the time of 2 processors: the server uses 1 of 16, the "
              "load generator 1");

    // Every core before a second hardware thread.
    split = divide_cpus(sixteen_with_quota(11), kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0, 1, 2, 3, 8));
    EXPECT_THAT(split->client, ElementsAre(4, 5, 6, 7, 12));

    split = divide_cpus(sixteen_with_quota(4), given({0}), kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->client, ElementsAre(1, 2, 3));
}

TEST(DivideCpus, WarnsWhereTheQuotaIsTooSmallForBothSides) {
    auto split = divide_cpus(sixteen_with_quota(0.6), kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0));
    EXPECT_EQ(split->warning,
              "the control group /q gives the time of 0.6 processors, but server and load "
              "generator use 2: it may stop them");

    // What the user gave stays.
    split = divide_cpus(sixteen_with_quota(2), given({0, 1, 2}), kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0, 1, 2));
    EXPECT_EQ(split->client.size(), 1U);
    EXPECT_THAT(split->warning, HasSubstr("it may stop them"));
}

TEST(DivideCpus, AQuotaOfAllProcessorsChangesNothing) {
    const auto split = divide_cpus(sixteen_with_quota(16), kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_EQ(split->server.size(), 8U);
    EXPECT_EQ(split->client.size(), 8U);
    EXPECT_EQ(split->warning, "");
}

}  // namespace
}  // namespace benchhost::machine

#include "core/process/topology.hpp"

#include "core/process/limits.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace benchhost::process {
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
        const auto folder = root_ / fmt::format("cpu{}", cpu) / "topology";
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "physical_package_id") << package << "\n";
        std::ofstream(folder / "thread_siblings_list") << siblings << "\n";
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

TEST(ReadTopology, ThisMachineHasExactlyTheProcessorsWeMayUse) {
    std::vector<unsigned> found;
    for (const auto& core : read_topology().cores) {
        found.insert(found.end(), core.cpus.begin(), core.cpus.end());
    }
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, allowed_cpus());
}

TEST(DivideCpus, HalvesTheCoresAndKeepsSiblingsTogether) {
    const Topology topology{{{{0, 4}}, {{1, 5}}, {{2, 6}}, {{3, 7}}}};
    const auto split = divide_cpus(topology, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0, 1, 4, 5));
    EXPECT_THAT(split->client, ElementsAre(2, 3, 6, 7));
    EXPECT_FALSE(split->shared);
    EXPECT_EQ(split->warning, "");
}

TEST(DivideCpus, AnOddCoreGoesToTheGenerator) {
    const auto split = divide_cpus({{{{0}}, {{1}}, {{2}}}}, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0));
    EXPECT_THAT(split->client, ElementsAre(1, 2));
}

TEST(DivideCpus, WarnsWhereThereIsTooLittleToDivide) {
    auto split = divide_cpus({{{{0, 1}}}}, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0));
    EXPECT_THAT(split->client, ElementsAre(1));
    EXPECT_FALSE(split->shared);
    EXPECT_THAT(split->warning, HasSubstr("processors 0-1 are hardware threads of one core"));

    split = divide_cpus({{{{3}}}}, kAutomatic, kAutomatic);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(3));
    EXPECT_THAT(split->client, ElementsAre(3));
    EXPECT_TRUE(split->shared);
    EXPECT_THAT(split->warning, HasSubstr("share processors"));
}

TEST(DivideCpus, OneSideGivenLeavesTheOtherTheCoresItDoesNotTouch) {
    const Topology topology{{{{0, 4}}, {{1, 5}}, {{2, 6}}}};
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
    const auto split = divide_cpus({{{{0}}, {{1}}}}, given({0, 1}), given({1}));
    ASSERT_TRUE(split);
    EXPECT_TRUE(split->shared);
    EXPECT_EQ(split->warning,
              "server (processors 0-1) and load generator (1) share processors: each takes time "
              "from the other");
}

TEST(DivideCpus, NeitherAutomaticNorGivenIsEverything) {
    const auto split = divide_cpus({{{{0}}, {{1}}}}, given({}), given({}));
    ASSERT_TRUE(split);
    EXPECT_THAT(split->server, ElementsAre(0, 1));
    EXPECT_THAT(split->client, ElementsAre(0, 1));
    EXPECT_TRUE(split->shared);
}

TEST(DivideCpus, RefusesWhatIsNotOurs) {
    const auto split = divide_cpus({{{{0}}, {{1}}}}, kAutomatic, given({1, 9}));
    ASSERT_FALSE(split);
    EXPECT_EQ(split.error().code, ErrorCode::usage);
    EXPECT_EQ(split.error().message, "client_cpus: processor 9 is not ours to use; there are 0-1");
}

}  // namespace
}  // namespace benchhost::process

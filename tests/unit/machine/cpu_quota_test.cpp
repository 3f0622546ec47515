#include "core/machine/cpu_quota.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace benchhost::machine {
namespace {

using std::chrono::microseconds;

TEST(QuotaUse, IsReadFromBothVersionsOfCpuStat) {
    const auto unified = parse_quota_use(
        "usage_usec 5318\nuser_usec 1000\nsystem_usec 4318\nnr_periods 204\nnr_throttled 76\n"
        "throttled_usec 3811042\nnr_bursts 0\nburst_usec 0\n");
    ASSERT_TRUE(unified);
    EXPECT_EQ(unified->periods, 204U);
    EXPECT_EQ(unified->stopped_periods, 76U);
    EXPECT_EQ(unified->stopped, microseconds(3'811'042));

    const auto old =
        parse_quota_use("nr_periods 12\nnr_throttled 3\nthrottled_time 80123000\nwait_sum 9\n");
    ASSERT_TRUE(old);
    EXPECT_EQ(old->stopped_periods, 3U);
    EXPECT_EQ(old->stopped, microseconds(80'123));
}

TEST(QuotaUse, IsAbsentWhereNoPeriodsAreCounted) {
    EXPECT_FALSE(parse_quota_use("usage_usec 5318\nuser_usec 1000\nsystem_usec 4318\n"));
    EXPECT_FALSE(parse_quota_use(""));
}

TEST(CpuMax, IsSoManyProcessorsOrNone) {
    EXPECT_DOUBLE_EQ(parse_cpu_max("200000 100000\n").value_or(0), 2);
    EXPECT_DOUBLE_EQ(parse_cpu_max("50000 100000").value_or(0), 0.5);
    EXPECT_FALSE(parse_cpu_max("max 100000\n"));
    EXPECT_FALSE(parse_cpu_max("-1\n 100000\n"));
    EXPECT_FALSE(parse_cpu_max(" "));
}

class GroupTree : public ::testing::Test {
  protected:
    GroupTree() {
        auto pattern = (std::filesystem::temp_directory_path() / "quota-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    ~GroupTree() override { std::filesystem::remove_all(root_); }
    void write(const std::string& file, const std::string& text) const {
        const auto path = root_ / file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text << "\n";
    }
    std::filesystem::path root_;
};

TEST_F(GroupTree, AnAncestorsQuotaBindsAsWell) {
    write("q/cpu.max", "100000 100000");
    write("q/cpu.stat", "nr_periods 40\nnr_throttled 15\nthrottled_usec 900");
    write("q/inner/cpu.max", "max 100000");
    write("q/inner/benchhost-7/cpu.max", "300000 100000");
    const auto quotas = quotas_from({2, root_, root_ / "q/inner/benchhost-7"});
    ASSERT_EQ(quotas.size(), 2U);
    EXPECT_EQ(quotas[0].group, "/q/inner/benchhost-7");
    EXPECT_DOUBLE_EQ(quotas[0].cpus, 3);
    EXPECT_FALSE(quotas[0].use) << "there is no cpu.stat";
    EXPECT_EQ(quotas[1].group, "/q");
    EXPECT_DOUBLE_EQ(quotas[1].cpus, 1);
    ASSERT_TRUE(quotas[1].use);
    EXPECT_EQ(quotas[1].use->stopped_periods, 15U);
    EXPECT_EQ(tightest(quotas)->group, "/q");
}

TEST_F(GroupTree, VersionOneSaysItInTwoFiles) {
    write("cpu.cfs_quota_us", "150000");
    write("cpu.cfs_period_us", "100000");
    write("q/cpu.cfs_quota_us", "-1");
    write("q/cpu.cfs_period_us", "100000");
    const auto quotas = quotas_from({1, root_, root_ / "q"});
    ASSERT_EQ(quotas.size(), 1U);
    EXPECT_EQ(quotas[0].group, "/") << "a container sees its own group as the top";
    EXPECT_DOUBLE_EQ(quotas[0].cpus, 1.5);
}

TEST_F(GroupTree, NothingIsRationedWhereNoFileSaysSo) {
    EXPECT_TRUE(quotas_from({2, root_, root_ / "gone/too"}).empty());
    EXPECT_FALSE(tightest({}));
}

}  // namespace
}  // namespace benchhost::machine

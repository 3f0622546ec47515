#include "core/process/control_groups.hpp"

#include "core/process/group_division.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace benchhost::process {
namespace {

using ::testing::AnyOf;
using ::testing::StartsWith;

TEST(ControlGroups, SaysWhatIsInForceAndRemovesWhatItMade) {
    model::ProcessLimits limits;
    limits.memory = 64 * 1024 * 1024;
    limits.processes = 50;
    std::vector<std::filesystem::path> folders;
    {
        const auto groups = ControlGroups::make(limits);
        EXPECT_THAT(groups.effective().at("memory"),
                    AnyOf(StartsWith("64MiB (cgroup v"), StartsWith("not enforced: ")));
        EXPECT_THAT(groups.effective().at("processes"),
                    AnyOf(StartsWith("50 (cgroup v"), StartsWith("not enforced: ")));
        EXPECT_FALSE(groups.out_of_memory());
        folders = groups.folders();
        for (const auto& folder : folders) {
            EXPECT_TRUE(std::filesystem::exists(folder));
        }
    }
    for (const auto& folder : folders) {
        EXPECT_FALSE(std::filesystem::exists(folder));
    }
}

class OwnGroups : public ::testing::Test {
  protected:
    void SetUp() override {
        limits_.processes = 50;
        const auto told = ControlGroups::make(limits_).effective().at("processes");
        if (told.starts_with("not enforced: ")) {
            GTEST_SKIP() << told;
        }
        own_ = machine::locate_own_group("pids")->group;
    }
    model::ProcessLimits limits_;
    std::filesystem::path own_;
};

// As after a kill -9 of a supervisor whose number comes again.
TEST_F(OwnGroups, OneThatIsThereAlreadyIsMadeAnew) {
    std::filesystem::create_directory(own_ / group_name(::getpid()));
    EXPECT_THAT(ControlGroups::make(limits_).effective().at("processes"),
                StartsWith("50 (cgroup v"));
    EXPECT_FALSE(std::filesystem::exists(own_ / group_name(::getpid())));
}

TEST_F(OwnGroups, OneThatCannotBeJoinedEnforcesNothingAndCostsNothing) {
    const auto groups = ControlGroups::make(limits_);
    for (const auto& folder : groups.folders()) {
        ASSERT_EQ(::rmdir(folder.c_str()), 0);
    }
    EXPECT_THAT(groups.join().at("processes"), StartsWith("not enforced: cannot join by "));
}

TEST_F(OwnGroups, ThoseOfADeadSupervisorAreRemoved) {
    constexpr pid_t kNobody = 99'999'998;
    std::filesystem::create_directory(own_ / group_name(kNobody));
    remove_groups_of(kNobody);
    EXPECT_FALSE(std::filesystem::exists(own_ / group_name(kNobody)));
}

TEST(ControlGroups, NothingWantedIsNothingMade) {
    const auto groups = ControlGroups::make({});
    EXPECT_TRUE(groups.effective().empty());
    EXPECT_TRUE(groups.folders().empty());
}

}  // namespace
}  // namespace benchhost::process

#include "core/process/control_groups.hpp"

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
    ProcessLimits limits;
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

TEST(ControlGroups, NothingWantedIsNothingMade) {
    const auto groups = ControlGroups::make({});
    EXPECT_TRUE(groups.effective().empty());
    EXPECT_TRUE(groups.folders().empty());
}

}  // namespace
}  // namespace benchhost::process

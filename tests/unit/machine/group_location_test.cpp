#include "core/machine/group_location.hpp"

#include <gtest/gtest.h>

namespace benchhost::machine {
namespace {

constexpr const char* kOldMounts =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "35 31 0:32 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "36 31 0:33 / /sys/fs/cgroup/memory rw,relatime shared:10 - cgroup cgroup rw,memory\n"
    "40 31 0:37 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

TEST(LocateGroup, FindsTheFolderInItsOwnHierarchy) {
    EXPECT_EQ(locate_group("memory", "4:memory:/user/7\n2:cpu,cpuacct:/\n0::/\n", kOldMounts),
              (GroupLocation{1, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/user/7"}));
    EXPECT_EQ(locate_group("cpuacct", "4:memory:/user/7\n2:cpu,cpuacct:/\n0::/\n", kOldMounts),
              (GroupLocation{1, "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct"}));
}

TEST(LocateGroup, TakesTheUnifiedHierarchyWhenThereIsNoOther) {
    constexpr const char* kMounts =
        "29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    EXPECT_EQ(locate_group("memory", "0::/user.slice/user-1000.slice/run.scope\n", kMounts),
              (GroupLocation{2, "/sys/fs/cgroup",
                             "/sys/fs/cgroup/user.slice/user-1000.slice/run.scope"}));
    EXPECT_EQ(locate_group("memory", "2:cpu:/\n0::/\n", kOldMounts),
              (GroupLocation{2, "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified"}));
}

TEST(LocateGroup, SeesAContainersPartOfTheHierarchy) {
    constexpr const char* kMounts =
        "36 31 0:33 /docker/ab12 /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory\n";
    EXPECT_EQ(locate_group("memory", "4:memory:/docker/ab12\n", kMounts),
              (GroupLocation{1, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory"}));
    EXPECT_EQ(locate_group("memory", "4:memory:/docker/ab12/inner\n", kMounts),
              (GroupLocation{1, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/inner"}));
}

TEST(LocateGroup, NothingIsMountedOrReadable) {
    EXPECT_FALSE(locate_group("memory", "4:memory:/\n", ""));
    EXPECT_FALSE(locate_group("memory", "", kOldMounts));
    EXPECT_FALSE(locate_group("memory", "nonsense\n:\n", "nonsense - \n"));
}

}  // namespace
}  // namespace benchhost::machine

// On a folder that looks like a control group: what the kernel itself does is seen by
// tests/clean_machine/vm.
#include "core/process/group_division.hpp"

#include "core/base/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace benchhost::process {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class GroupDivision : public testing::Test {
  protected:
    void SetUp() override {
        write("cgroup.procs", "");
        write("cgroup.type", "domain\n");
        write("cgroup.controllers", "cpu memory pids\n");
        write("cgroup.subtree_control", "\n");
    }
    void write(const std::string& file, const std::string& text) const {
        std::ofstream(group_ / file) << text;
    }
    std::string read(const std::string& file) const {
        std::stringstream text;
        text << std::ifstream(group_ / file).rdbuf();
        return text.str();
    }
    TemporaryFolder folder_ = TemporaryFolder::make("benchhost-group").value();
    fs::path group_ = folder_.path();
};

TEST_F(GroupDivision, HandsDownWhatIsWanted) {
    ASSERT_TRUE(divide_group(group_, {"memory", "pids"}, leaf_name(7), {}));
    EXPECT_THAT(read("cgroup.subtree_control"), HasSubstr("+memory +pids"));
    EXPECT_TRUE(fs::exists(group_ / leaf_name(7)));
}

// With it the kernel refuses a group that has got a process meanwhile, instead of making it
// threaded.
TEST_F(GroupDivision, NeverHandsDownProcessesAlone) {
    ASSERT_TRUE(divide_group(group_, {"pids"}, leaf_name(7), {}));
    EXPECT_THAT(read("cgroup.subtree_control"), HasSubstr("+pids +memory"));
}

TEST_F(GroupDivision, LeavesAGroupAloneThatOthersAreIn) {
    write("cgroup.procs", std::to_string(::getppid()) + "\n");
    const auto divided = divide_group(group_, {"pids"}, leaf_name(7), {::getpid()});
    ASSERT_FALSE(divided);
    EXPECT_THAT(divided.error().message, HasSubstr("has a process of others"));
    EXPECT_EQ(read("cgroup.subtree_control"), "\n");
    EXPECT_FALSE(fs::exists(group_ / leaf_name(7)));
}

TEST_F(GroupDivision, LeavesAThreadedGroupAlone) {
    write("cgroup.type", "domain threaded\n");
    ASSERT_FALSE(divide_group(group_, {"pids"}, leaf_name(7), {}));
    EXPECT_FALSE(fs::exists(group_ / leaf_name(7)));
}

TEST_F(GroupDivision, SaysThatAControllerIsNotThere) {
    write("cgroup.controllers", "cpu\n");
    const auto divided = divide_group(group_, {"memory", "pids"}, leaf_name(7), {});
    ASSERT_FALSE(divided);
    EXPECT_THAT(divided.error().message, HasSubstr("has no controller for memory and pids"));
}

TEST_F(GroupDivision, TheTopNeedsNoLeaf) {
    fs::remove(group_ / "cgroup.type");
    write("cgroup.procs", "1\n2\n");
    ASSERT_TRUE(divide_group(group_, {"pids"}, leaf_name(7), {}));
    EXPECT_FALSE(fs::exists(group_ / leaf_name(7)));
}

TEST_F(GroupDivision, IsUndoneWhenTheLastServersGroupIsGone) {
    for (const auto& group : {leaf_name(7), group_name(8)}) {
        fs::create_directory(group_ / group);
    }
    write("cgroup.subtree_control", "pids\n");
    reunite_group(group_ / leaf_name(7));
    EXPECT_TRUE(fs::exists(group_ / leaf_name(7)));
    EXPECT_EQ(read("cgroup.subtree_control"), "pids\n");
    remove_group(group_ / group_name(8));
    reunite_group(group_ / leaf_name(7));
    EXPECT_FALSE(fs::exists(group_ / leaf_name(7)));
    EXPECT_THAT(read("cgroup.subtree_control"), HasSubstr("-pids"));
}

TEST_F(GroupDivision, SweepsWhatTheDeadHaveLeft) {
    constexpr pid_t kDead = 99'999'998;  // above every pid that there can be
    const std::string living = group_name(::getpid());
    // Whether it lives there nobody here can tell.
    const std::string of_another_namespace = "benchhost-7-99999998";
    for (const auto& group :
         {group_name(kDead), group_name(kDead + 1), leaf_name(kDead), living, of_another_namespace,
          std::string("benchhost-x"), std::string("benchhost-"), std::string("benchhost-7")}) {
        fs::create_directory(group_ / group);
    }
    sweep_groups(group_);
    EXPECT_FALSE(fs::exists(group_ / group_name(kDead)));
    EXPECT_FALSE(fs::exists(group_ / group_name(kDead + 1)));
    for (const auto& kept : {std::string("benchhost-x"), std::string("benchhost-"),
                             std::string("benchhost-7"), of_another_namespace, living}) {
        EXPECT_TRUE(fs::exists(group_ / kept)) << kept;
    }
    fs::remove(group_ / living);
    fs::remove(group_ / of_another_namespace);
    sweep_groups(group_);
    EXPECT_FALSE(fs::exists(group_ / leaf_name(kDead)));
}

TEST_F(GroupDivision, IsOnlyForWhatIsDelegated) {
    if (::access("/run/systemd/system", F_OK) == 0) {
        EXPECT_FALSE(is_delegated(group_));
    }
    if (::setxattr(group_.c_str(), "user.delegate", "1", 1, 0) == 0) {
        EXPECT_TRUE(is_delegated(group_));
    }
    fs::remove(group_ / "cgroup.subtree_control");
    EXPECT_FALSE(is_delegated(group_));
}

TEST(EventCount, ReadsLinesOfNameAndNumber) {
    EXPECT_EQ(event_count("low 0\nmax 12\noom_kill 3\n", "oom_kill"), 3U);
    EXPECT_EQ(event_count("max 12\n", "oom_kill"), std::nullopt);
    EXPECT_EQ(event_count("", "max"), std::nullopt);
}

}  // namespace
}  // namespace benchhost::process

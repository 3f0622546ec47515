#include "core/process/systemd_scope.hpp"

#include "core/base/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace benchhost::process {
namespace {

namespace fs = std::filesystem;
using testing::Eq;
using testing::HasSubstr;
using testing::Optional;

void expect_place(const std::string& own, uid_t uid, const ScopePlace& wanted) {
    const auto place = scope_place(own, uid);
    ASSERT_TRUE(place) << place.error().message;
    EXPECT_EQ(place->user_manager, wanted.user_manager) << own;
    EXPECT_EQ(place->slice, wanted.slice) << own;
    EXPECT_EQ(place->kept, wanted.kept) << own;
}

TEST(ScopePlace, IsTheSliceInWhichRootIs) {
    expect_place("/user.slice/user-0.slice/session-1.scope", 0,
                 {false, "user-0.slice", "/user.slice/user-0.slice"});
    expect_place("/system.slice/ci-runner.service/job", 0,
                 {false, "system.slice", "/system.slice"});
    // sudo in a terminal: the slices of somebody's own systemd are not the system's.
    expect_place("/user.slice/user-1000.slice/user@1000.service/app.slice/terminal.scope", 0,
                 {false, "user-1000.slice", "/user.slice/user-1000.slice"});
}

TEST(ScopePlace, IsWithTheUsersOwnSystemd) {
    expect_place("/user.slice/user-1000.slice/session-3.scope", 1000,
                 {true, "", "/user.slice/user-1000.slice"});
    expect_place("/user.slice/user-1000.slice/user@1000.service/app.slice/terminal.scope", 1000,
                 {true, "app.slice", "/user.slice/user-1000.slice/user@1000.service/app.slice"});
    expect_place("/user.slice/user-1000.slice/user@1000.service/init.scope", 1000,
                 {true, "", "/user.slice/user-1000.slice/user@1000.service"});
}

TEST(ScopePlace, IsNowhereOutsideOfWhereTheRunWasPut) {
    for (const auto& [own, uid] :
         {std::pair{"/q", 0U}, std::pair{"/", 0U}, std::pair{"/system.slice/ci.service", 1000U},
          std::pair{"/user.slice/user-0.slice/session-1.scope", 1000U},
          std::pair{"/user.slice/user-10.slice/session-1.scope", 1U}}) {
        const auto place = scope_place(own, uid);
        ASSERT_FALSE(place) << own;
        EXPECT_THAT(place.error().message, HasSubstr(own));
    }
}

class LimitLeft : public testing::Test {
  protected:
    void write(const std::string& file, const std::string& text) const {
        fs::create_directories((top_ / file).parent_path());
        std::ofstream(top_ / file) << text;
    }
    TemporaryFolder folder_ = TemporaryFolder::make("benchhost-limits").value();
    fs::path top_ = folder_.path();
    fs::path own_ = top_ / "a.slice" / "outer" / "own.scope";

    void SetUp() override {
        for (const auto* group : {"a.slice", "a.slice/outer", "a.slice/outer/own.scope"}) {
            const std::string path = group;
            write(path + "/cpu.max", "max 100000\n");
            write(path + "/cpu.weight", "100\n");
            write(path + "/cpuset.cpus", "\n");
            write(path + "/memory.max", "max\n");
            write(path + "/pids.max", "max\n");
        }
    }
};

TEST_F(LimitLeft, IsNoneWhereNothingIsLimited) { EXPECT_FALSE(limit_left(own_, top_ / "a.slice")); }

TEST_F(LimitLeft, IsTheOneBetweenUsAndTheSlice) {
    write("a.slice/outer/cpu.max", "60000 100000\n");
    EXPECT_THAT(limit_left(own_, top_ / "a.slice"),
                Optional(Eq("cpu.max is 60000 100000 in " + (top_ / "a.slice/outer").string())));
}

TEST_F(LimitLeft, IsNotTheOneThatStaysInForce) {
    write("a.slice/memory.max", "1073741824\n");
    EXPECT_FALSE(limit_left(own_, top_ / "a.slice"));
}

TEST_F(LimitLeft, CountsProcessorsMemoryAndWeight) {
    for (const auto& [file, value] :
         {std::pair{"cpuset.cpus", "0-1\n"}, std::pair{"memory.max", "1048576\n"},
          std::pair{"cpu.weight", "20\n"}}) {
        SetUp();
        write(std::string("a.slice/outer/own.scope/") + file, value);
        EXPECT_THAT(limit_left(own_, top_ / "a.slice"), Optional(HasSubstr(file)));
    }
}

TEST_F(LimitLeft, OfProcessesIsTheLeast) {
    EXPECT_FALSE(most_processes(own_, top_ / "a.slice"));
    write("a.slice/pids.max", "100\n");
    write("a.slice/outer/pids.max", "5000\n");
    write("a.slice/outer/own.scope/pids.max", "7000\n");
    EXPECT_THAT(most_processes(own_, top_ / "a.slice"), Optional(5000U));
    EXPECT_FALSE(limit_left(own_, top_ / "a.slice"));
}

}  // namespace
}  // namespace benchhost::process

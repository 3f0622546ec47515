#include "core/process/become.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace benchhost::process {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Become : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "only root can become another user";
        }
        const auto found = machine::user_to_become("nobody");
        if (!found) {
            GTEST_SKIP() << found.error().message;
        }
        user_ = *found;
        auto pattern = (fs::temp_directory_path() / "benchhost-become-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
    }
    void TearDown() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    /// What `look` says in a process that has become that user: "" when it has nothing to say.
    std::string said_as_user(const std::function<std::string()>& look) const {
        int said[2] = {-1, -1};
        if (::pipe(said) != 0) {
            return "no pipe";
        }
        const pid_t child = ::fork();
        if (child == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const auto became = become(user_);
            const auto words = became ? look() : became.error().message;
            const bool written =
                ::write(said[1], words.data(), words.size()) == static_cast<ssize_t>(words.size());
            ::_exit(written ? 0 : 1);
        }
        ::close(said[1]);
        std::string words;
        char block[512];
        for (ssize_t got = 0; (got = ::read(said[0], block, sizeof block)) > 0;) {
            words.append(block, static_cast<std::size_t>(got));
        }
        ::close(said[0]);
        int status = -1;
        ::waitpid(child, &status, 0);
        return status == 0 ? words : "it ended with " + std::to_string(status);
    }
    fs::path file(const std::string& name, mode_t mode) const {
        const auto path = folder_ / name;
        std::ofstream(path) << "content";
        ::chmod(path.c_str(), mode);
        return path;
    }

    machine::User user_;
    fs::path folder_;
};

TEST_F(Become, TakesIdsGroupsAndHome) {
    EXPECT_EQ(
        said_as_user([this]() -> std::string {
            uid_t users[3] = {0, 0, 0};
            gid_t groups[3] = {0, 0, 0};
            ::getresuid(&users[0], &users[1], &users[2]);
            ::getresgid(&groups[0], &groups[1], &groups[2]);
            for (int i = 0; i < 3; ++i) {
                if (users[i] != user_.id || groups[i] != user_.group) {
                    return "an id is another";
                }
            }
            const char* home = std::getenv("HOME");
            const char* name = std::getenv("USER");
            if (home == nullptr || home != user_.home || name == nullptr || name != user_.name) {
                return "the environment is another's";
            }
            return ::getgroups(0, nullptr) == static_cast<int>(user_.groups.size())
                       ? ""
                       : "there are other groups";
        }),
        "");
}

TEST_F(Become, IsForGood) {
    EXPECT_EQ(said_as_user([]() -> std::string {
                  if (::setuid(0) == 0 || ::seteuid(0) == 0) {
                      return "root again";
                  }
                  return ::prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) == 1
                             ? ""
                             : "programs may get privileges";
              }),
              "");
}

TEST_F(Become, KeepsWhatTiesItToItsParentAndItsOwnFiles) {
    EXPECT_EQ(said_as_user([]() -> std::string {
                  int signal = 0;
                  ::prctl(PR_GET_PDEATHSIG, &signal);
                  if (signal != SIGKILL) {
                      return "it would outlive its parent";
                  }
                  return ::access("/proc/self/environ", R_OK) == 0 ? "" : "it belongs to root";
              }),
              "");
}

TEST_F(Become, AFolderThatWasGivenCanBeWritten) {
    const auto given = folder_ / "given";
    fs::create_directory(given);
    ASSERT_EQ(::chmod(given.c_str(), 0700), 0);
    EXPECT_THAT(said_as_user([&] { return may_use(given, user_).error().message; }),
                HasSubstr("user nobody may not use the folder " + given.string()));
    ASSERT_TRUE(give_folder(given, user_));
    EXPECT_EQ(said_as_user([&]() -> std::string {
                  if (!may_use(given, user_)) {
                      return "not to be used";
                  }
                  return std::ofstream(given / "own") << "x" ? "" : "not to be written";
              }),
              "");
}

TEST_F(Become, ALinkIsNotGiven) {
    const auto kept = folder_ / "kept";
    fs::create_directory(kept);
    fs::create_directory_symlink(kept, folder_ / "link");
    const auto given = give_folder(folder_ / "link", user_);
    ASSERT_FALSE(given);
    EXPECT_THAT(given.error().message, HasSubstr("link to user nobody"));
    struct stat status {};
    ASSERT_EQ(::stat(kept.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 0U);
}

TEST_F(Become, WhatIsInTheWayIsNamed) {
    const auto open = file("open", 0644);
    const auto closed = file("closed", 0600);
    fs::create_directory(folder_ / "room");
    const auto inside = file("room/inside", 0644);
    ASSERT_EQ(::chmod((folder_ / "room").c_str(), 0700), 0);
    const auto told = [&](const fs::path& path) {
        return said_as_user([&]() -> std::string {
            const auto readable = may_read(path, user_);
            return readable ? "" : readable.error().message;
        });
    };
    EXPECT_EQ(told(open), "");
    EXPECT_EQ(told(folder_ / "absent"), "") << "whoever opens it says so";
    EXPECT_THAT(told(closed), HasSubstr("closed: " + closed.string() + " is closed to it"));
    EXPECT_THAT(told(inside), HasSubstr(": " + (folder_ / "room").string() + " is closed to it"));
}

}  // namespace
}  // namespace benchhost::process

#include "core/machine/user.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

namespace benchhost::machine {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(UserToBecome, IsOneThatTheMachineKnows) {
    const auto unknown = user_to_become("no-such-user-here");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::usage);
    EXPECT_EQ(unknown.error().message, "this machine knows no user \"no-such-user-here\"");
    EXPECT_FALSE(user_to_become(""));
}

TEST(UserToBecome, MayBeOurselves) {
    const auto* const own = ::getpwuid(::geteuid());
    if (own == nullptr) {
        GTEST_SKIP() << "we run as a user without a name";
    }
    const auto user = user_to_become(own->pw_name);
    ASSERT_TRUE(user) << user.error().message;
    EXPECT_EQ(user->id, ::geteuid());
    EXPECT_THAT(user->groups, Contains(user->group));
    EXPECT_FALSE(user->home.empty());
}

TEST(UserToBecome, IsAnybodyForRootAlone) {
    const auto user = user_to_become(::geteuid() == 0 ? "nobody" : "root");
    if (::geteuid() == 0) {
        ASSERT_TRUE(user) << user.error().message;
        EXPECT_NE(user->id, 0U);
        return;
    }
    ASSERT_FALSE(user);
    EXPECT_EQ(user.error().code, ErrorCode::usage);
    EXPECT_THAT(user.error().message, HasSubstr("only root can run servers as root"));
}

}  // namespace
}  // namespace benchhost::machine

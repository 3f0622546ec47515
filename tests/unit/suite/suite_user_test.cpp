#include "core/suite/suite_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace benchhost::suite {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

config::SuiteConfig config_with(const std::string& user) {
    config::SuiteConfig config;
    config.limits.user = user;
    config.limits.user_where = {"t.ini", 7};
    return config;
}

TEST(CheckUser, WithoutOneThereIsNothingToCheck) { EXPECT_TRUE(check_user({})); }

TEST(CheckUser, OneThatIsNotThereIsToldWithItsLine) {
    const auto checked = check_user(config_with("no-such-user-here"));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::usage);
    EXPECT_THAT(checked.error().message, StartsWith("t.ini:7: user: this machine knows no user"));
}

TEST(CheckUser, AnotherOneTakesRoot) {
    if (::geteuid() == 0) {
        EXPECT_TRUE(check_user(config_with("nobody")));
        return;
    }
    const auto checked = check_user(config_with("root"));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::usage);
    EXPECT_THAT(checked.error().message, HasSubstr("t.ini:7: user: only root can run servers as"));
}

}  // namespace
}  // namespace benchhost::suite

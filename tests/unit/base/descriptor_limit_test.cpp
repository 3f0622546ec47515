#include "core/base/descriptor_limit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace benchhost::base {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(DescriptorLimit, IsRaisedAsFarAsNeeded) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_GT(before.rlim_max, 200U);
    rlimit low = before;
    low.rlim_cur = 100;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    const auto raised = make_room_for_descriptors(150);
    ASSERT_TRUE(raised.has_value()) << raised.error().message;
    EXPECT_TRUE(raised->raised);
    EXPECT_GE(raised->effective, 150U);
    const auto kept = make_room_for_descriptors(10);
    ASSERT_TRUE(kept.has_value());
    EXPECT_FALSE(kept->raised);
    EXPECT_EQ(kept->effective, raised->effective);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(DescriptorLimit, WhatNobodyMayHaveIsAnErrorThatTellsWhatToDo) {
    const auto refused = make_room_for_descriptors(std::uint64_t{1} << 40U);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::environment);
    EXPECT_THAT(refused.error().message,
                AllOf(HasSubstr("1099511627"), HasSubstr("ulimit -n"), HasSubstr("fewer")));
}

}  // namespace
}  // namespace benchhost::base

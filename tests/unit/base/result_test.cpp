#include "core/base/result.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <stdexcept>

namespace benchhost::base {
namespace {

using testing::HasSubstr;

TEST(Error, gets_its_context_in_front) {
    const auto error = with_context("text.ini:3", Error{ErrorCode::usage, "no such key"});
    EXPECT_EQ(error.code, ErrorCode::usage);
    EXPECT_EQ(error.message, "text.ini:3: no such key");
}

TEST(Error, tells_the_errno_in_words) {
    const auto error = system_error(ErrorCode::environment, "cannot open x", EACCES);
    EXPECT_EQ(error.message, "cannot open x: Permission denied");
}

TEST(Result, holds_a_value_or_an_error) {
    const Result<int> value = 3;
    const Result<int> failure = Error{ErrorCode::data, "broken"};
    EXPECT_TRUE(value);
    EXPECT_EQ(*value, 3);
    ASSERT_FALSE(failure);
    EXPECT_EQ(failure.error().message, "broken");
}

TEST(Result, throws_with_the_message_when_a_bug_asks_for_the_value) {
    const Result<int> failure = Error{ErrorCode::data, "broken file"};
    try {
        failure.value();
        FAIL() << "did not throw";
    } catch (const std::logic_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("broken file"));
    }
}

}  // namespace
}  // namespace benchhost::base

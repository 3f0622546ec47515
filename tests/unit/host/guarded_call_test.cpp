#include "core/host/guarded_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace benchhost::host {
namespace {

using ::testing::HasSubstr;

TEST(GuardedCall, LetsNoExceptionThrough) {
    EXPECT_TRUE(guarded("stop", [] {}));
    const auto known = guarded("stop", [] { throw std::runtime_error("no"); });
    EXPECT_THAT(known.error().message, HasSubstr("stop threw an exception"));
    EXPECT_THAT(known.error().message, HasSubstr("no"));
    const auto unknown = guarded("stop", [] { throw 7; });
    EXPECT_THAT(unknown.error().message, HasSubstr("of an unknown type"));
}

}  // namespace
}  // namespace benchhost::host

#include "core/process/run_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace benchhost::process {
namespace {

using ::testing::HasSubstr;

TEST(RunProgram, EndsOneThatPrintsWithoutEnd) {
    const auto run = run_program("/bin/sh", {"-c", "exec cat /dev/zero"}, std::chrono::minutes(2));
    ASSERT_FALSE(run);
    EXPECT_THAT(run.error().message, HasSubstr("printed more than 4 MiB"));
}

TEST(RunProgram, KeepsOnlyTheEndOfWhatItTells) {
    const auto run = run_program(
        "/bin/sh", {"-c", "head -c 1000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo last >&2"},
        std::chrono::minutes(2));
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(run->succeeded());
    EXPECT_LT(run->errors.size(), 100'000U);
    EXPECT_TRUE(run->errors.ends_with("last\n"));
}

}  // namespace
}  // namespace benchhost::process

// What it costs to look at a server that is being measured: ten times in a second nobody may feel
// it.
#include "tests/fixtures/sanitizer.hpp"
#include "tests/integration/process/tree.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace benchhost::process::testing {
namespace {

TEST(UsageProof, OneLookAtTwoProcessesCostsLessThanAMillisecond) {
    const Tree tree([] {
        if (::fork() == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::pause();
        }
    });
    ASSERT_TRUE(tree.ready());
    constexpr int kLooks = 50;
    const auto before = own_cpu_time();
    for (int i = 0; i < kLooks; ++i) {
        ASSERT_TRUE(tree.sample());
    }
    const auto each = (own_cpu_time() - before) / kLooks;
    fmt::print("{} us a look\n", to_seconds(each) * 1e6);
    EXPECT_LT(each, std::chrono::milliseconds(fixtures::kUnderSanitizer ? 10 : 1));
}

}  // namespace
}  // namespace benchhost::process::testing

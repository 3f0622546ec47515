#include "core/machine/usage.hpp"

#include <gtest/gtest.h>

namespace benchhost::machine {
namespace {

TEST(AddMemory, OfAProcessThatTellsNoneIsUnknownAndNotZero) {
    TreeUsage usage;
    usage.rss_bytes = 0;
    add_memory(usage, "Name:\tone\nVmRSS:\t      12 kB\n");
    EXPECT_EQ(usage.rss_bytes, 12U * 1024);
    add_memory(usage, "Name:\texiting\nState:\tR (running)\n");
    EXPECT_FALSE(usage.rss_bytes);
    add_memory(usage, "Name:\tone\nVmRSS:\t      12 kB\n");
    EXPECT_FALSE(usage.rss_bytes) << "a sum with a missing part";
}

}  // namespace
}  // namespace benchhost::machine

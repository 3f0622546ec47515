#include "core/base/cpu_mask.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

namespace {
std::vector<unsigned char> asked;  // the last mask that sched_setaffinity() was called with
bool listens = false;
}  // namespace

// In front of the C library's: no machine of ours has so many processors.
extern "C" int sched_setaffinity(pid_t /*thread*/, size_t size, const cpu_set_t* mask) noexcept {
    if (listens) {
        asked.resize(size);
        std::memcpy(asked.data(), mask, size);
    }
    errno = EINVAL;
    return -1;
}

namespace benchhost::base {
namespace {

TEST(CpuMask, HoldsTheLastProcessorThatTheKernelKnows) {
    CpuMask mask(1500);
    mask.add(CpuMask::kCpus - 1);
    EXPECT_TRUE(mask.has(1500));
    EXPECT_TRUE(mask.has(CpuMask::kCpus - 1));
    EXPECT_FALSE(mask.has(1499));
}

TEST(PinTo, AsksForAProcessorBeyondThe1024thToo) {
    listens = true;
    EXPECT_FALSE(pin_to(1500));
    listens = false;
    ASSERT_GT(asked.size(), 1500U / 8);
    EXPECT_EQ(asked[1500 / 8], 1U << (1500 % 8));
}

}  // namespace
}  // namespace benchhost::base

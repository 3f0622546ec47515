#include "core/cluster/clock_offset.hpp"

#include <gtest/gtest.h>

namespace benchhost::cluster {
namespace {

using namespace std::chrono_literals;

Instant at(Nanoseconds time) { return Instant(time); }

TEST(ClockOffset, TrustsTheShortestRoundTrip) {
    // The other clock is 1 h ahead. The first answer was held up on its way back.
    const auto found = offset_from({{at(10ms), at(1h + 10100us), at(30ms)},
                                    {at(40ms), at(1h + 40100us), at(40200us)},
                                    {at(50ms), at(1h + 53ms), at(54ms)}});
    EXPECT_EQ(found.offset, 1h);
    EXPECT_EQ(found.uncertainty, 100us);
}

TEST(ClockOffset, IsOffByNoMoreThanHalfOfTheRoundTrip) {
    // All of the way there, nothing of the way back: the worst case.
    const auto found = offset_from({{at(0ms), at(-5ms + 8ms), at(8ms)}});
    EXPECT_LE(std::chrono::abs(found.offset - Nanoseconds(-5ms)), found.uncertainty);
}

}  // namespace
}  // namespace benchhost::cluster

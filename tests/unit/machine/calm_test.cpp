#include "core/machine/calm.hpp"

#include <gtest/gtest.h>

namespace benchhost::machine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Calm, CountsTheThreadsThatRunBesideOurs) {
    EXPECT_EQ(threads_running("cpu 1 2 3\nprocesses 9\nprocs_running 3\nprocs_blocked 0\n"), 2);
    EXPECT_EQ(threads_running("cpu 1\nprocs_running 1\n"), 0);
    EXPECT_FALSE(threads_running("cpu 1 2 3\n"));
}

TEST(Calm, IsAMatterOfTheProcessorsOfTheTwoSides) {
    TimesByCpu begin, end;
    for (unsigned cpu = 0; cpu < 16; ++cpu) {
        begin[cpu] = {};
        end[cpu] = {milliseconds(100), {}, milliseconds(100)};  // full
    }
    end[0].busy = milliseconds(10);
    end[4].busy = milliseconds(0);
    end[4].steal = milliseconds(30);
    EXPECT_DOUBLE_EQ(busiest_share(begin, end, {{0}, {4}}).value_or(-1), 0.3);
    end[4].steal = {};
    EXPECT_DOUBLE_EQ(busiest_share(begin, end, {{0}, {4}}).value_or(-1), 0.1);
    EXPECT_DOUBLE_EQ(busiest_share(begin, end, {{1}, {4}}).value_or(-1), 1);
    EXPECT_FALSE(busiest_share(begin, end, {}));
    EXPECT_FALSE(busiest_share(begin, begin, {{0}, {4}})) << "no time went by";
}

TEST(Calm, ReturnsAtOnceWhenStopped) {
    const std::atomic<bool> stop{true};
    const auto begin = std::chrono::steady_clock::now();
    wait_until_calm(seconds(60), {{0}, {0}}, stop);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(50));
}

}  // namespace
}  // namespace benchhost::machine

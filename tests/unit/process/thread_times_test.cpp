#include "core/process/thread_times.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

namespace benchhost::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ThreadWork, IsThatOfTheThreadsThatWorked) {
    const ThreadTimes begin = {
        {1, seconds(5)}, {2, seconds(1)}, {3, seconds(1)}, {4, seconds(2)}, {6, seconds(9)}};
    const ThreadTimes end = {{1, seconds(5) + milliseconds(50)},  // looks after the others
                             {2, seconds(1) + milliseconds(900)},
                             {3, seconds(1) + milliseconds(300)},
                             {4, seconds(2) + milliseconds(600)},
                             {5, seconds(1)}};  // began meanwhile; 6 ended
    const auto work = work_between(begin, end, seconds(1));
    ASSERT_TRUE(work);
    EXPECT_EQ(work->threads, 3U);
    EXPECT_DOUBLE_EQ(work->least, 0.3);
    EXPECT_DOUBLE_EQ(work->most, 0.9);
}

TEST(ThreadWork, OneThreadSharesNothing) {
    EXPECT_FALSE(work_between({{1, seconds(0)}}, {{1, seconds(1)}}, seconds(1)));
    EXPECT_FALSE(work_between({}, {}, seconds(1)));
    EXPECT_FALSE(work_between({{1, seconds(0)}, {2, seconds(0)}},
                              {{1, seconds(1)}, {2, seconds(1)}}, seconds(0)));
}

TEST(ThreadTimes, KnowTheThreadThatReadsThem) {
    const auto before = read_thread_times(::getpid());
    if (before.empty()) {
        GTEST_SKIP() << "this kernel does not tell how long a thread ran (no schedstat)";
    }
    const auto until = std::chrono::steady_clock::now() + seconds(30);
    auto now = before;
    while (now.at(::getpid()) <= before.at(::getpid()) &&
           std::chrono::steady_clock::now() < until) {
        now = read_thread_times(::getpid());
    }
    EXPECT_GT(now.at(::getpid()), before.at(::getpid()));
}

}  // namespace
}  // namespace benchhost::process

#include "core/process/log_tail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::process {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LogTail, GivesTheLastLinesOldestFirst) {
    LogTail tail;
    EXPECT_THAT(tail.lines(), IsEmpty());
    tail.append("one\ntwo\r\n\nthr");
    tail.append("ee");
    EXPECT_THAT(tail.lines(), ElementsAre("one", "two", "", "three"));
    EXPECT_THAT(tail.lines(2), ElementsAre("", "three"));
    tail.append("\n");
    EXPECT_THAT(tail.lines(1), ElementsAre("three"));
}

TEST(LogTail, KeepsNoMoreThanItsCapacity) {
    LogTail tail(10);
    for (int i = 0; i < 1000; ++i) {
        tail.append("abc\n");
    }
    EXPECT_EQ(tail.bytes(), "c\nabc\nabc\n");
    EXPECT_EQ(tail.total_bytes(), 4000U);
    tail.append("a block much longer than the capacity");
    EXPECT_EQ(tail.bytes(), "e capacity");
}

TEST(LogTail, CutsLongLines) {
    LogTail tail;
    tail.append(std::string(1000, 'x') + "\nshort\n");
    EXPECT_THAT(tail.lines(10, 5), ElementsAre("xxxxx...", "short"));
}

}  // namespace
}  // namespace benchhost::process

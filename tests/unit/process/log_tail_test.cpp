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

TEST(Printable, KeepsUtf8AndNothingThatHarmsATerminalOrJson) {
    EXPECT_EQ(printable("plain"), "plain");
    EXPECT_EQ(printable("\tgr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80"),
              " gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80");
    EXPECT_EQ(printable(std::string("\x1B[31mred\x7F\0end", 12)), "?[31mred??en");
    EXPECT_EQ(printable("\xC3"), "?");                 // cut off
    EXPECT_EQ(printable("\xC0\xAF"), "??");            // overlong
    EXPECT_EQ(printable("\xE0\x80\xAF"), "???");       // overlong
    EXPECT_EQ(printable("\xED\xA0\x80"), "???");       // a surrogate
    EXPECT_EQ(printable("\xF4\x90\x80\x80"), "????");  // beyond Unicode
    EXPECT_EQ(printable("\xFF\xFEok\x80"), "??ok?");
}

}  // namespace
}  // namespace benchhost::process

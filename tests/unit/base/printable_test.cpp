#include "core/base/printable.hpp"

#include <gtest/gtest.h>

#include <string>

namespace benchhost::base {
namespace {

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

TEST(Printable, KeepsLinesWhereTheyAreAskedFor) {
    EXPECT_EQ(printable_lines(""), "");
    EXPECT_EQ(printable_lines("a\x1B\n\nb\r\n"), "a?\n\nb?\n");
}

}  // namespace
}  // namespace benchhost::base

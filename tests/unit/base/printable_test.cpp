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

TEST(Printable, ShowsNoCharacterThatActsOnOthers) {
    EXPECT_EQ(printable("a\xC2\x9B"
                        "31mb"),
              "a?31mb");  // U+009B, CSI of C1
    EXPECT_EQ(printable("a\xE2\x80\xAE"
                        "b"),
              "a?b");  // U+202E, right to left
    EXPECT_EQ(printable("a\xE2\x81\xA6"
                        "b"),
              "a?b");  // U+2066, an isolate
    EXPECT_EQ(printable("a\xE2\x80\x8B"
                        "b"),
              "a?b");                               // U+200B, of no width
    EXPECT_EQ(printable("\xF3\xA0\x81\x81"), "?");  // U+E0041, a tag
}

TEST(Printable, LeavesTheMiddleOfALongLineOut) {
    EXPECT_EQ(printable_lines("0123456789", 10), "0123456789");
    EXPECT_EQ(printable_lines("0123456789a\nb", 10), "01234 ... 6789a\nb");
    const std::string umlauts = "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC";
    EXPECT_EQ(printable_lines(umlauts, 10), "\xC3\xBC\xC3\xBC ... \xC3\xBC\xC3\xBC");
}

TEST(Quoted, IsShortAndInQuotationMarks) {
    EXPECT_EQ(in_quotes("5 s"), "\"5 s\"");
    EXPECT_EQ(in_quotes(std::string(60, 'x')), '"' + std::string(60, 'x') + '"');
    EXPECT_EQ(in_quotes(std::string(900'001, 'x')), '"' + std::string(60, 'x') + "...\"");
    std::string umlauts;
    for (int i = 0; i < 61; ++i) {
        umlauts += "\xC3\xBC";
    }
    EXPECT_EQ(in_quotes(umlauts), '"' + umlauts.substr(0, 120) + "...\"");
    EXPECT_EQ(in_quotes("\x1B[2J\n"), "\"?[2J?\"");
}

}  // namespace
}  // namespace benchhost::base

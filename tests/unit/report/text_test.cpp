#include "report/table/text.hpp"

#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

TEST(OneLine, KeepsReadableTextOfAnyScript) {
    EXPECT_EQ(one_line("beast 1.81"), "beast 1.81");
    EXPECT_EQ(one_line("Überfall 服务器 😀"), "Überfall 服务器 😀");
}

TEST(OneLine, BreaksBecomeOneSpaceEach) { EXPECT_EQ(one_line("a\nb\tc\r\nd\re"), "a b c d e"); }

TEST(OneLine, WhatIsInvisibleOrTurnsTheTextIsShown) {
    EXPECT_EQ(one_line(std::string_view("a\0b\x1b[31m\x7f", 9)), "a\uFFFDb\uFFFD[31m\uFFFD");
    EXPECT_EQ(one_line("a\u202Eb\u200Bc\u2066d"), "a\uFFFDb\uFFFDc\uFFFDd");
}

TEST(OneLine, EveryByteThatIsNotUtf8IsReplaced) {
    EXPECT_EQ(one_line("\xff"), "\uFFFD");
    EXPECT_EQ(one_line("a\xC3"), "a\uFFFD");                              // cut short
    EXPECT_EQ(one_line("\xC0\xAF"), "\uFFFD\uFFFD");                      // overlong
    EXPECT_EQ(one_line("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // a surrogate
    EXPECT_EQ(one_line("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond Unicode
    EXPECT_EQ(one_line("\xE2\x28\xA1"), "\uFFFD(\uFFFD");
}

TEST(CleanLines, KeepsLinesAndTabs) {
    EXPECT_EQ(clean_lines("a\r\n\tb\nc\x1b"), "a\n\tb\nc\uFFFD");
}

TEST(DisplayWidth, CountsTerminalColumns) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("±–→µ"), 4U);
    EXPECT_EQ(display_width("服务"), 4U);
    EXPECT_EQ(display_width("e\u0301"), 1U);
    EXPECT_EQ(display_width("😀"), 2U);
}

TEST(MarkdownEscaped, NothingOfItIsMarkup) {
    EXPECT_EQ(markdown_escaped("a|b"), "a\\|b");
    EXPECT_EQ(markdown_escaped("a\\|b"), "a\\\\\\|b");
    EXPECT_EQ(markdown_escaped("<img src=x onerror=alert(1)>"),
              "&lt;img src=x onerror=alert(1)&gt;");
    EXPECT_EQ(markdown_escaped("a\n| b |"), "a \\| b \\|");
    EXPECT_EQ(markdown_escaped("`x` *y* _z_ a_b ~w~ $m$ [t](u)"),
              "\\`x\\` \\*y\\* \\_z\\_ a_b \\~w\\~ \\$m\\$ \\[t\\](u)");
    EXPECT_EQ(markdown_escaped("&lt;"), "&amp;lt;");
}

TEST(MarkdownEscaped, NobodyIsNotifiedAndNothingIsLinked) {
    EXPECT_EQ(markdown_escaped("@admin #12"), "@<!-- -->admin #<!-- -->12");
    EXPECT_EQ(markdown_escaped("http://a.b www.c.d"), "http&#58;//a.b www&#46;c.d");
}

TEST(MarkdownCodeBlock, TheTextCannotCloseTheFence) {
    EXPECT_EQ(markdown_code_block("a", "ini"), "```ini\na\n```\n");
    EXPECT_EQ(markdown_code_block("```\n````\nx\n"), "`````\n```\n````\nx\n`````\n");
    EXPECT_EQ(markdown_code_block(""), "```\n```\n");
}

TEST(XmlEscaped, FitsBetweenTagsAndInAttributes) {
    EXPECT_EQ(xml_escaped("<a href=\"x\">'&'</a>"),
              "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    EXPECT_EQ(xml_escaped(std::string_view("\0\x0b", 2)), "\uFFFD\uFFFD");
}

}  // namespace
}  // namespace benchhost::report

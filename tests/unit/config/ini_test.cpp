// What is INI, and that nothing else gets through.
#include "core/config/ini.hpp"

#include "tests/unit/config/config_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::config {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string error_in(const std::string& text) {
    const auto ini = parse_ini(text, "x.ini");
    if (ini) {
        return "";
    }
    EXPECT_EQ(ini.error().code, ErrorCode::usage);
    return ini.error().message;
}

TEST(Ini, gives_values_with_their_lines) {
    const auto ini = parse_ini(
        "# comment\n\n[suite]\nname = a b = c\n; another\n  seed=7\n\n"
        "[server.x]\nenv.PATH = ${HOME}/bin\nargs =\n",
        "x.ini");
    ASSERT_TRUE(ini) << ini.error().message;
    ASSERT_EQ(ini->sections.size(), 2U);
    const auto& suite = ini->sections[0];
    EXPECT_EQ(suite.name, "suite");
    EXPECT_EQ(suite.where.line, 3U);
    ASSERT_EQ(suite.entries.size(), 2U);
    EXPECT_EQ(suite.find("name")->value, "a b = c");
    EXPECT_EQ(suite.find("name")->where.line, 4U);
    EXPECT_EQ(suite.find("seed")->value, "7");
    EXPECT_EQ(to_string(suite.find("seed")->where), "x.ini:6");
    EXPECT_EQ(suite.find("Seed"), nullptr);
    EXPECT_EQ(ini->sections[1].find("env.PATH")->value, "${HOME}/bin") << "was expanded";
    EXPECT_EQ(ini->sections[1].find("args")->value, "");
}

TEST(Ini, takes_windows_line_ends_and_a_byte_order_mark) {
    const auto ini =
        parse_ini("\xEF\xBB\xBF[suite]\r\nname = w\r\n\r\n# c\r\nseed = 2\r\n", "x.ini");
    ASSERT_TRUE(ini) << ini.error().message;
    EXPECT_EQ(ini->sections[0].find("name")->value, "w");
    EXPECT_EQ(ini->sections[0].find("seed")->where.line, 5U);
}

TEST(Ini, may_end_without_a_line_end) {
    const auto ini = parse_ini("[suite]\nname = w", "x.ini");
    ASSERT_TRUE(ini);
    EXPECT_EQ(ini->sections[0].find("name")->value, "w");
}

TEST(Ini, keeps_quotes_braces_and_umlauts_in_values) {
    const std::string value = R"({"a":[1,2],"b":"#; x"} ü)";
    const auto ini = parse_ini("[payload]\njson = " + value + "\n", "x.ini");
    ASSERT_TRUE(ini);
    EXPECT_EQ(ini->sections[0].find("json")->value, value);
}

TEST(Ini, is_empty_when_the_file_is) {
    const auto ini = parse_ini("", "x.ini");
    ASSERT_TRUE(ini);
    EXPECT_TRUE(ini->sections.empty());
}

TEST(Ini, refuses_what_is_no_line_of_it) {
    EXPECT_EQ(error_in("[suite]\nname\n"),
              "x.ini:2: \"name\" is neither KEY = VALUE nor [SECTION] nor a comment (# or ;)");
    EXPECT_THAT(error_in("[suite]\n= 5\n"), StartsWith("x.ini:2: \"\" before the = is not a key"));
    EXPECT_THAT(error_in("[suite]\na b = 5\n"), HasSubstr("\"a b\" before the ="));
    EXPECT_THAT(error_in("name = x\n"), StartsWith("x.ini:1: \"name\" stands before the first"));
    EXPECT_THAT(error_in("\n[suite\nname = x\n"),
                StartsWith("x.ini:2: \"[suite\" has no closing ]"));
    EXPECT_THAT(error_in("[suite] # c\n"), HasSubstr("something after the ]"));
    EXPECT_THAT(error_in("[]\n"), HasSubstr("\"\" is not the name of a section"));
    EXPECT_THAT(error_in("[a b]\n"), HasSubstr("\"a b\" is not the name of a section"));
}

TEST(Ini, refuses_what_stands_twice) {
    EXPECT_EQ(error_in("[suite]\nname = a\nname = b\n"),
              "x.ini:3: \"name\" is already set on line 2");
    EXPECT_THAT(error_in("[suite]\nname = a\n[limits]\n[suite]\nseed = 1\n"),
                StartsWith("x.ini:4: section [suite] has already begun on line 1"));
}

TEST(Ini, tells_names_apart_by_case_and_section) {
    const auto ini =
        parse_ini("[server.x]\nenv.A = 1\nenv.a = 2\n[server]\nx.env.A = 3\n", "x.ini");
    ASSERT_TRUE(ini) << ini.error().message;
    EXPECT_EQ(ini->sections[0].find("env.A")->value, "1");
    EXPECT_EQ(ini->sections[0].find("env.a")->value, "2");
    EXPECT_EQ(ini->sections[1].find("x.env.A")->value, "3");
}

TEST(Ini, tells_everything_that_is_wrong_at_once) {
    const auto message = error_in("name = 1\n[suite\nfoo\nbar = 1\nbar = 2\n");
    EXPECT_THAT(message, HasSubstr("x.ini:1: "));
    EXPECT_THAT(message, HasSubstr("\nx.ini:2: "));
    EXPECT_THAT(message, HasSubstr("\nx.ini:3: "));
    EXPECT_THAT(message, HasSubstr("\nx.ini:5: "));
}

TEST(Ini, does_not_flood_the_terminal) {
    std::string text = "[suite]\n";
    for (int i = 0; i < 1000; ++i) {
        text += std::string(500, 'x') + "\n";
    }
    const auto message = error_in(text);
    EXPECT_LT(message.size(), 5'000U);
    EXPECT_THAT(message, HasSubstr("and 980 more"));
}

TEST(Ini, refuses_what_is_not_text) {
    EXPECT_EQ(error_in(std::string("[suite]\nna\0me = 1\n", 18)),
              "x.ini:2: this is a binary file, not an INI file");
    EXPECT_THAT(error_in("[suite]\nname = \x1b[31m\n"),
                StartsWith("x.ini:2: this is not UTF-8 text"));
    EXPECT_THAT(error_in("[suite]\nname = \xff\xfe\n"), StartsWith("x.ini:2: this is not UTF-8"));
    EXPECT_THAT(error_in("[suite]\nname = caf\xc3"), StartsWith("x.ini:2: this is not UTF-8"));
    EXPECT_THAT(error_in("[suite]\rname = x\r"), StartsWith("x.ini:1: this is not UTF-8 text"));
    EXPECT_THAT(error_in("\xff\xfe[\n"), HasSubstr("UTF-16"));
}

class IniFiles : public ConfigFolder {};

TEST_F(IniFiles, that_cannot_be_read_are_named) {
    const auto missing = read_ini(folder_ / "no.ini");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::usage);
    EXPECT_THAT(missing.error().message, HasSubstr("no.ini: No such file"));
    const auto directory = read_ini(folder_);
    ASSERT_FALSE(directory);
    EXPECT_THAT(directory.error().message, HasSubstr("Is a directory"));
    const auto endless = read_ini("/dev/zero");
    ASSERT_FALSE(endless);
    EXPECT_THAT(endless.error().message, HasSubstr("larger than 1MiB"));
    const auto program = read_ini("/proc/self/exe");
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().code, ErrorCode::usage);
}

TEST_F(IniFiles, of_many_sections_are_read_in_time) {
    std::string text;
    for (int i = 0; text.size() < 1'000'000; ++i) {
        text += "[s" + std::to_string(i) + "]\n";
    }
    const auto ini = read_ini(write(text));
    ASSERT_TRUE(ini);
    EXPECT_GT(ini->sections.size(), 100'000U);
    EXPECT_THAT(ini->sections.back().name, Not(HasSubstr("]")));
}

}  // namespace
}  // namespace benchhost::config

#include <benchhost/site.hpp>

#include <gtest/gtest.h>

#include <string>

namespace benchhost::sdk {
namespace {

TEST(Site, HasTheAnswerOfEachPath) {
    const Site site({{BH_ROUTE_TEXT, "/text", "text/plain", "Hello", ""},
                     {BH_ROUTE_JSON, "/json", "application/json", R"({ "a": 1 })", ""},
                     {BH_ROUTE_FILE, "/file", "x/y", "", "/a"},
                     {BH_ROUTE_TEXT, "/more-text", "text/plain", "Bye", ""},
                     {BH_ROUTE_JSON, "/more-json", "application/json", "[ 1, 2 ]", ""}});
    std::string text;
    EXPECT_EQ(site.reply("GET", "/text", text).body, "Hello");
    EXPECT_EQ(site.reply("GET", "/json?x", text).body, R"({"a":1})");
    EXPECT_EQ(site.reply("GET", "/more-text", text).body, "Bye");
    EXPECT_EQ(site.reply("GET", "/more-json", text).body, "[1,2]");
    EXPECT_EQ(*site.reply("GET", "/file", text).file, "/a");
    EXPECT_EQ(site.reply("GET", "/other", text).status, 404U);
    EXPECT_EQ(site.reply("POST", "/text", text).status, 405U);
}

}  // namespace
}  // namespace benchhost::sdk

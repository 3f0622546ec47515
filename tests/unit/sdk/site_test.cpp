#include <benchhost/site.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace benchhost::sdk {
namespace {

using std::chrono::milliseconds;

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

class SiteOfEveryRoute : public testing::Test {
  protected:
    Reply get(std::string_view target) { return site_.reply("GET", target, text_); }
    Reply post(std::string_view target, std::string_view body) {
        return site_.reply({"POST", target, body}, text_);
    }

    const Site site_{
        {{BH_ROUTE_TEXT, "/text", "text/plain", "Hello", ""},
         {BH_ROUTE_ECHO, "/echo", "application/octet-stream", "", ""},
         {BH_ROUTE_UPLOAD, "/upload", "text/plain", "", ""},
         {BH_ROUTE_SUM, "/sum", "text/plain", "", ""},
         {BH_ROUTE_WAIT, "/wait", "text/plain", "waited", ""},
         {BH_ROUTE_ITEMS, "/items", "application/json", R"([ {"id": 1}, "b", 3.5 ])", ""},
         {BH_ROUTE_COMPRESSED, "/compressed", "application/json", "[ 1, 2 ]", ""}}};
    std::string text_;
};

TEST_F(SiteOfEveryRoute, SendsABodyBack) {
    const std::string body("a\0b", 3);
    const Reply reply = post("/echo", body);
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.body, body);
    EXPECT_STREQ(reply.content_type, "application/octet-stream");
}

TEST_F(SiteOfEveryRoute, LeavesTheBodyOfAnUploadToItsReader) {
    const Reply reply = post("/upload", "abc");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.body, "");
}

TEST_F(SiteOfEveryRoute, AddsWhatAQueryOrAFormHas) {
    EXPECT_EQ(get("/sum?a=1&b=2").body, "3");
    EXPECT_EQ(post("/sum", "a=20&b=22").body, "42");
    EXPECT_EQ(post("/sum?a=1&b=2", "a=20&b=22").body, "42");
    EXPECT_EQ(get("/sum").status, 400U);
    EXPECT_EQ(get("/sum?a=1").status, 400U);
    EXPECT_EQ(get("/sum?a=1&b=x").status, 400U);
    EXPECT_EQ(post("/sum?a=1&b=2", "").status, 400U);
}

TEST_F(SiteOfEveryRoute, SaysHowLongToWait) {
    EXPECT_EQ(get("/text").wait, milliseconds(0));
    EXPECT_EQ(get("/wait/20").wait, milliseconds(20));
    EXPECT_EQ(get("/wait/20?x=1").body, "waited");
    EXPECT_EQ(get("/wait/0").status, 200U);
    EXPECT_EQ(get("/wait/60000").wait, kLongestWait);
    EXPECT_EQ(get("/wait/60001").status, 400U);
}

TEST_F(SiteOfEveryRoute, HasAsManyItemsAsAreAskedFor) {
    EXPECT_EQ(get("/items/0").body, R"({"count":0,"items":[]})");
    EXPECT_EQ(get("/items/2").body, R"({"count":2,"items":[{"id":1},"b"]})");
    EXPECT_EQ(get("/items/3").body, R"({"count":3,"items":[{"id":1},"b",3.5]})");
    EXPECT_EQ(get("/items/4").status, 404U);
    EXPECT_FALSE(get("/items/3").compress);
    EXPECT_EQ(get("/compressed/1").body, R"({"count":1,"items":[1]})");
    EXPECT_TRUE(get("/compressed/1").compress);
}

TEST_F(SiteOfEveryRoute, KnowsNoPathWithoutItsNumber) {
    for (const char* const target : {"/wait", "/wait/", "/wait/x", "/wait/1x", "/wait/-1",
                                     "/wait/1/2", "/wait/18446744073709551616", "/items", "/items/",
                                     "/items/1.0", "/waiting", "/items1", "/echo/", "/text/1"}) {
        EXPECT_EQ(get(target).status, 404U) << target;
    }
    const Route* const wait = site_.find("/wait/12?x=/3");
    ASSERT_NE(wait, nullptr);
    EXPECT_EQ(Site::number_of(*wait, "/wait/12?x=/3"), 12U);
    EXPECT_EQ(Site::number_of(*wait, "/wait/"), std::nullopt);
    EXPECT_EQ(Site::number_of(*wait, "/wait"), std::nullopt);
}

TEST_F(SiteOfEveryRoute, AllowsTheMethodsOfEachRoute) {
    EXPECT_EQ(get("/text").allow, nullptr);
    EXPECT_STREQ(post("/text", "").allow, "GET, HEAD");
    EXPECT_STREQ(post("/items/1", "").allow, "GET, HEAD");
    EXPECT_STREQ(get("/echo").allow, "POST");
    EXPECT_STREQ(get("/upload").allow, "POST");
    for (const char* const method : {"", "PUT", "E", "GET,", "get"}) {
        EXPECT_STREQ(site_.reply(method, "/sum?a=1&b=2", text_).allow, "GET, HEAD, POST") << method;
        EXPECT_EQ(site_.reply(method, "/sum?a=1&b=2", text_).status, 405U) << method;
    }
    EXPECT_EQ(site_.reply("HEAD", "/sum?a=1&b=2", text_).body, "3");
    EXPECT_EQ(site_.reply("HEAD", "/wait/7", text_).wait, milliseconds(7));
}

TEST(Site, RefusesItemsThatAreNone) {
    for (const bh_route_kind kind : {BH_ROUTE_ITEMS, BH_ROUTE_COMPRESSED}) {
        EXPECT_THROW(Site({{kind, "/items", "application/json", R"({"a":1})", ""}}),
                     std::invalid_argument);
        EXPECT_THROW(Site({{kind, "/items", "application/json", "[1,", ""}}),
                     std::invalid_argument);
    }
}

}  // namespace
}  // namespace benchhost::sdk

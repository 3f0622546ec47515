#include <benchhost/json.hpp>

#include <gtest/gtest.h>

#include <string>

namespace benchhost::sdk {
namespace {

std::string again(const std::string& text) {
    std::string out;
    JsonValue::parse(text).append_to(out);
    return out;
}

TEST(Json, KeepsMembersInTheirOrder) {
    const std::string original = R"({"test":true,"date":1557000000,"values":[1,2,3,4,5],)"
                                 R"("sub_attributes":{"attribute1":1,"attribute2":"True"}})";
    EXPECT_EQ(original.size(), 106U);
    EXPECT_EQ(again(original), original);
}

TEST(Json, KeepsEveryKindOfValue) {
    for (const std::string text :
         {"null", "true", "false", "0", "-7", "9223372036854775807", "-9223372036854775808", "1.5",
          "1.0", "0.1", R"("")", R"("a/b")", R"("\"\\\b\f\n\r\t\u0001")", "\"\xc3\xa9\"", "[]",
          "{}", "[[],{}]", R"({"":[null]})", R"({"b":1,"a":2,"b":3})"}) {
        EXPECT_EQ(again(text), text);
    }
}

TEST(Json, LeavesOutSpaces) { EXPECT_EQ(again(R"( { "a" : [ 1 , 2 ] } )"), R"({"a":[1,2]})"); }

TEST(Json, RefusesWhatIsNoJson) {
    for (const std::string text : {"", "{", "[1,]", "{\"a\":}", "nul", "1 2", "\"a", "[1]x"}) {
        EXPECT_THROW(JsonValue::parse(text), std::invalid_argument) << text;
    }
}

TEST(Json, RefusesBottomlessNesting) {
    EXPECT_THROW(JsonValue::parse(std::string(100'000, '[')), std::invalid_argument);
}

}  // namespace
}  // namespace benchhost::sdk

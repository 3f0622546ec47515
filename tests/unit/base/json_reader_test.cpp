#include "core/base/json_reader.hpp"

#include "core/base/json_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

std::string error_in(const std::string& text) {
    const auto json = parse_json(text);
    return json ? "" : json.error().message;
}

TEST(ParseJson, ReadsSixtyFourListsAndObjectsInEachOther) {
    EXPECT_EQ(error_in(repeated("[", 64) + repeated("]", 64)), "");
    EXPECT_EQ(error_in(repeated("{\"a\":", 64) + "1" + repeated("}", 64)), "");
    EXPECT_EQ(error_in("[" + repeated("[{}],", 1000) + "1]"), "") << "beside each other";
    EXPECT_EQ(error_in("[\"" + repeated("[{\\\"", 1000) + "\"]"), "") << "in a text";
}

TEST(ParseJson, SaysOnWhichLineItIsTooDeep) {
    EXPECT_EQ(error_in("\n" + repeated("[", 65) + repeated("]", 65)),
              "line 2: lists and objects are nested more than 64 deep");
    for (const char* begin : {"{\"a\":", "[", "[{\"a\":", "{\"a\\\"]\":"}) {
        EXPECT_THAT(error_in(repeated(begin, 1'000'000)), HasSubstr("nested more than 64 deep"));
    }
    const auto leading = parse_leading_json(repeated("{\"a\":", 1'000'000));
    ASSERT_FALSE(leading);
    EXPECT_THAT(leading.error().message, HasSubstr("nested more than 64 deep"));
}

TEST(ParseJson, CountsValuesBeforeItMakesThem) {
    EXPECT_EQ(error_in("[" + repeated("0,", 1000) + "0]"), "");
    const auto many = "[" + repeated("0,", static_cast<int>(kMostValues)) + "0]";
    EXPECT_EQ(error_in(many), "it has more than 8000000 values, the most that are read");
    EXPECT_FALSE(parse_leading_json(many));
}

TEST(ParseJson, QuotesNoMoreThanTheBeginningOfWhatItCannotRead) {
    const auto message = error_in("[1,\xff\x1b" + std::string(1'000'000, 'x') + "]");
    EXPECT_THAT(message, HasSubstr("syntax error at line 1"));
    EXPECT_LT(message.size(), 200U);
    EXPECT_EQ(message.find('\xff'), std::string::npos) << "it is printed";
    EXPECT_THAT(message, EndsWith("..."));
}

TEST(ParseJson, ShowsTheItemsOfAListAndForgetsThem) {
    std::string seen;
    const auto show = [&](const picojson::value& item, std::size_t place) {
        seen += std::to_string(place) + "=" + item.serialize() + ";";
    };
    const auto json =
        parse_json(R"({"a":1,"list":[1,{"list":[2]},"x"],"b":{"list":[3]}})", "list", show);
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ(seen, R"(0=1;1={"list":[2]};2="x";)");
    EXPECT_EQ(json->serialize(), R"({"a":1,"b":{"list":[3]},"list":[]})");

    seen.clear();
    EXPECT_EQ(parse_json(R"({"list":5})", "list", show)->serialize(), R"({"list":5})");
    EXPECT_EQ(parse_json(R"([{"list":[1]}])", "list", show)->serialize(), R"([{"list":[1]}])");
    EXPECT_EQ(seen, "");
    EXPECT_FALSE(parse_json(R"({"list":[1],"list":[2]})", "list", show)) << "which is it?";
    const auto cut = parse_json("{\n\"list\":[1,\n}", "list", show);
    ASSERT_FALSE(cut);
    EXPECT_THAT(cut.error().message, HasSubstr("syntax error at line 3"));
    EXPECT_FALSE(parse_json(R"({"list":[1]} x)", "list", show));
}

TEST(VisibleJson, IsTheSameToItsReader) {
    const std::string raw =
        "[\"a\xC2\x9B"
        "b\xE2\x80\xAE"
        "c\xF3\xA0\x81\x81 \xC3\xBC\"]\n";
    const auto visible = visible_json(raw);
    EXPECT_EQ(visible, "[\"a\\u009bb\\u202ec\\udb40\\udc41 \xC3\xBC\"]\n");
    EXPECT_EQ(*parse_json(visible), *parse_json(raw));
    EXPECT_EQ(visible_json("\"\xFF\""), "\"\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace benchhost

#include "core/base/json_reader.hpp"

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

}  // namespace
}  // namespace benchhost

#include "core/base/json_pointer.hpp"

#include "core/base/json_reader.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace benchhost {
namespace {

using Value = std::optional<std::string>;

const std::string kDocument = R"({
    "id": 42,
    "name": "benchhost",
    "items": [{"id": "a1", "tags": ["x", "y"]}, {"id": 7}, null],
    "empty": "",
    "deep": {"er": {"est": true}},
    "": "no name",
    "a/b": "a slash",
    "m~n": "a tilde",
    "~1": "both",
    "0": "a digit",
    " ": "a blank",
    "\u00fc": "u with dots"
})";

TEST(JsonPointer, LeadsToTextsNumbersAndWords) {
    EXPECT_EQ(value_at(kDocument, "/name"), Value("benchhost"));
    EXPECT_EQ(value_at(kDocument, "/id"), Value("42"));
    EXPECT_EQ(value_at(kDocument, "/empty"), Value(""));
    EXPECT_EQ(value_at(kDocument, "/deep/er/est"), Value("true"));
    EXPECT_EQ(value_at(kDocument, "/items/0/id"), Value("a1"));
    EXPECT_EQ(value_at(kDocument, "/items/0/tags/1"), Value("y"));
    EXPECT_EQ(value_at(kDocument, "/items/1/id"), Value("7"));
    EXPECT_EQ(value_at(kDocument, "/items/2"), Value("null"));
    EXPECT_EQ(value_at(kDocument, "/0"), Value("a digit")) << "of an object a name";
    EXPECT_EQ(value_at(kDocument, "/ "), Value("a blank"));
    EXPECT_EQ(value_at(kDocument, "/\u00fc"), Value("u with dots"));
}

TEST(JsonPointer, SpellsNumbersAsJsonDoes) {
    const auto spelled = [](const std::string& number) {
        return value_at("[" + number + "]", "/0");
    };
    EXPECT_EQ(spelled("-7"), Value("-7"));
    EXPECT_EQ(spelled("0"), Value("0"));
    EXPECT_EQ(spelled("1.5"), Value("1.5"));
    EXPECT_EQ(spelled("9007199254740993"), Value("9007199254740993")) << "beyond 2^53";
    EXPECT_EQ(spelled("9223372036854775807"), Value("9223372036854775807"));
    EXPECT_EQ(spelled("1e3"), Value("1000"));
    EXPECT_EQ(spelled("false"), Value("false"));
}

TEST(JsonPointer, KnowsItsEscapes) {
    EXPECT_EQ(value_at(kDocument, "/a~1b"), Value("a slash"));
    EXPECT_EQ(value_at(kDocument, "/m~0n"), Value("a tilde"));
    EXPECT_EQ(value_at(kDocument, "/~01"), Value("both")) << "a tilde and a 1, no slash";
    EXPECT_FALSE(value_at(kDocument, "/a/b"));
}

TEST(JsonPointer, AnEmptyNameIsOne) {
    EXPECT_EQ(value_at(kDocument, "/"), Value("no name"));
    EXPECT_EQ(value_at(R"({"":{"":1}})", "//"), Value("1"));
    EXPECT_FALSE(value_at(kDocument, "/name/")) << "a text has no members";
}

TEST(JsonPointer, AnEmptyPointerIsTheWhole) {
    EXPECT_EQ(value_at("\"text\"", ""), Value("text"));
    EXPECT_FALSE(value_at(kDocument, ""));
}

TEST(JsonPointer, WhatIsNotThereIsNothing) {
    for (const auto* pointer :
         {"/none", "/ID", "/deep/none", "/items/3", "/items/-", "/items/-1", "/items/one",
          "/items/", "/items/0/id/0", "/items/99999999999999999999", "/id/0", "/deep/er/est/x"}) {
        EXPECT_FALSE(value_at(kDocument, pointer)) << pointer;
    }
}

TEST(JsonPointer, ObjectsAndListsAreNoValues) {
    for (const auto* pointer : {"/items", "/items/0", "/deep", "/deep/er", "/items/0/tags"}) {
        EXPECT_FALSE(value_at(kDocument, pointer)) << pointer;
    }
}

TEST(JsonPointer, OfWhatIsNoJsonThereIsNothing) {
    for (const std::string& text :
         {std::string(), std::string("<html>"), std::string("{\"id\":42"),
          std::string("{\"id\":42}}"), std::string("{\"id\":42} x"), std::string("{id:42}"),
          std::string("{\"id\":1e999}"), std::string("\x1f\x8b\x08\x00", 4)}) {
        EXPECT_FALSE(value_at(text, "/id")) << text;
    }
    std::string deep;
    for (std::size_t i = 0; i <= kMostNested; ++i) {
        deep += "{\"id\":";
    }
    EXPECT_FALSE(value_at(deep + "1" + std::string(kMostNested + 1, '}'), "/id"));
}

}  // namespace
}  // namespace benchhost

#include <benchhost/form.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace benchhost::sdk {
namespace {

TEST(Form, HasTheFirstValueOfAName) {
    EXPECT_EQ(form_value("a=1&b=2&a=3", "a"), "1");
    EXPECT_EQ(form_value("a=1&b=2", "b"), "2");
    EXPECT_EQ(form_value("a=1&&b=2&", "b"), "2");
    EXPECT_EQ(form_value("a&b=", "a"), "");
    EXPECT_EQ(form_value("a&b=", "b"), "");
    EXPECT_EQ(form_value("a=1", "c"), std::nullopt);
    EXPECT_EQ(form_value("", "a"), std::nullopt);
}

TEST(Form, UnderstandsEscapes) {
    EXPECT_EQ(form_value("%61=%31%32", "a"), "12");
    EXPECT_EQ(form_value("a=b+c%20d%3D%26", "a"), "b c d=&");
    EXPECT_EQ(form_value("a=100%", "a"), "100%");
    EXPECT_EQ(form_value("a=%zz%4", "a"), "%zz%4");
}

TEST(Form, AddsAAndB) {
    EXPECT_EQ(sum_of("a=1&b=2"), 3U);
    EXPECT_EQ(sum_of("b=40&x=y&a=%32"), 42U);
    EXPECT_EQ(sum_of("a=4503599627370496&b=4503599627370496"), 9'007'199'254'740'992U);
    EXPECT_EQ(sum_of("0", "0"), 0U);
}

TEST(Form, AddsNothingElse) {
    for (const char* const fields : {"", "a=1", "b=1", "a=&b=1", "a=1&b=", "a=1&b=x", "a=1.0&b=1",
                                     "a=-1&b=1", "a=+1&b=1", "a=1 &b=1", "a=4503599627370497&b=0",
                                     "a=0&b=4503599627370497", "a=18446744073709551616&b=0"}) {
        EXPECT_EQ(sum_of(fields), std::nullopt) << fields;
    }
}

}  // namespace
}  // namespace benchhost::sdk

#include "core/suite/probe_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::suite {
namespace {

using ::testing::HasSubstr;

const plan::RoutePayload kText{plan::Route::text, "text/plain", "Hello World!", {}};
const plan::RoutePayload kJson{plan::Route::json, "application/json", R"({"a":1,"b":[1,2]})", {}};

load::ProbeReport answer(unsigned status, const std::string& type, const std::string& body) {
    load::ProbeReport report;
    report.status = status;
    report.headers = {{"Content-Type", type}};
    report.body = body;
    return report;
}

TEST(WrongAnswer, AcceptsTheRightOneAndACharset) {
    EXPECT_FALSE(wrong_answer(answer(200, "text/plain", "Hello World!"), kText));
    EXPECT_FALSE(wrong_answer(answer(200, "Text/Plain; charset=utf-8", "Hello World!"), kText));
}

TEST(WrongAnswer, NamesTheStatusAndWhereARedirectGoes) {
    auto redirect = answer(301, "text/plain", "");
    redirect.headers.emplace_back("LOCATION", "/text/");
    EXPECT_THAT(wrong_answer(redirect, kText).value_or(""), HasSubstr("status 301 (to /text/)"));
}

TEST(WrongAnswer, TellsOtherJsonBytesFromOtherJson) {
    const auto spaced =
        wrong_answer(answer(200, "application/json", R"({"b": [1,2], "a": 1})"), kJson);
    EXPECT_THAT(spaced.value_or(""), HasSubstr("right JSON in other bytes: 20 instead of 17"));
    const auto other = wrong_answer(answer(200, "application/json", R"({"a":2,"b":[1,2]})"), kJson);
    EXPECT_THAT(other.value_or(""), HasSubstr("other bytes instead of the expected 17"));
}

TEST(WrongAnswer, NamesTheContentType) {
    EXPECT_THAT(wrong_answer(answer(200, "text/html", "Hello World!"), kText).value_or(""),
                HasSubstr("\"text/html\" instead of \"text/plain\""));
}

TEST(RoutePath, StandsBelowThePathOfTheUrl) {
    EXPECT_EQ(route_path("/", plan::Route::text), "/text");
    EXPECT_EQ(route_path("", plan::Route::json), "/json");
    EXPECT_EQ(route_path("/app", plan::Route::file), "/app/file");
}

}  // namespace
}  // namespace benchhost::suite

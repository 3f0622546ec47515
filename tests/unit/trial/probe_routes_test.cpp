#include "core/trial/probe_routes.hpp"

#include "core/selftest/fault_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

namespace benchhost::trial {
namespace {

using ::testing::HasSubstr;

const model::RouteContent kText{model::Route::text, "text/plain", "Hello World!", {}};
const model::RouteContent kJson{model::Route::json, "application/json", R"({"a":1,"b":[1,2]})", {}};

http::ProbeReport answer(unsigned status, const std::string& type, const std::string& body) {
    http::ProbeReport report;
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

TEST(WrongAnswer, ReadsHostileJson) {
    for (const std::string& body : {std::string(R"({"a":1e999})"), [] {
                                        std::string deep;
                                        for (int i = 0; i < 100'000; ++i) {
                                            deep += R"({"a":)";
                                        }
                                        return deep;
                                    }()}) {
        const auto wrong = wrong_answer(answer(200, "application/json", body), kJson);
        EXPECT_THAT(wrong.value_or(""), HasSubstr("bytes instead of the expected 17"));
    }
}

TEST(WrongAnswer, NamesTheContentType) {
    EXPECT_THAT(wrong_answer(answer(200, "text/html", "Hello World!"), kText).value_or(""),
                HasSubstr("\"text/html\" instead of \"text/plain\""));
}

// As a name with two addresses gives them: the server listens on the second one only.
std::vector<http::Target> both_loopbacks(std::uint16_t port) {
    return {http::parse_url(fmt::format("http://127.0.0.1:{}", port)).value(),
            http::parse_url(fmt::format("http://[::1]:{}", port)).value()};
}

Result<http::ProbeReport> probe_within(RunningServer& server, std::chrono::milliseconds patience) {
    const std::atomic<bool> stop{false};
    return probe_until_right(server, kText, std::chrono::steady_clock::now() + patience, stop);
}

TEST(ProbeUntilRight, GoesOnToTheOtherAddressesOfAServer) {
    const selftest::FaultServer server(selftest::Behaviour::right, "Hello World!",
                                       selftest::Listen::ipv6);
    const auto running = foreign_server(both_loopbacks(server.target().port));
    EXPECT_EQ(running->target().address, "127.0.0.1");
    const auto probed = probe_within(*running, std::chrono::seconds(20));
    ASSERT_TRUE(probed) << probed.error().message;
    EXPECT_EQ(running->target().address, "::1");
}

TEST(ProbeUntilRight, NamesEveryAddressThatWasTried) {
    const selftest::FaultServer server(selftest::Behaviour::refuse);
    const auto running = foreign_server(both_loopbacks(server.target().port));
    const auto probed = probe_within(*running, std::chrono::milliseconds(200));
    ASSERT_FALSE(probed);
    EXPECT_THAT(probed.error().message, HasSubstr("by 127.0.0.1: connect-refused"));
    EXPECT_THAT(probed.error().message, HasSubstr("by ::1: connect-refused"));
}

TEST(RoutePath, StandsBelowThePathOfTheUrl) {
    EXPECT_EQ(route_path("/", model::Route::text), "/text");
    EXPECT_EQ(route_path("", model::Route::json), "/json");
    EXPECT_EQ(route_path("/app", model::Route::file), "/app/file");
}

}  // namespace
}  // namespace benchhost::trial

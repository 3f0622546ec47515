// Mixes and counts, against real servers: each kind of request has its share and its books, and so
// many are asked as should be, on as many connections.
#include "core/load/load.hpp"
#include "tests/integration/load/request_load.hpp"
#include "tests/integration/load/request_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// The kinds of a mix add up to the whole.
void expect_sums(const LoadReport& report) {
    model::Books sum;
    std::uint64_t measured = 0;
    for (const auto& request : report.requests) {
        EXPECT_TRUE(request.books.balance()) << request.name;
        EXPECT_EQ(request.response_time.count(), request.books.ok) << request.name;
        sum.planned += request.books.planned;
        sum.sent += request.books.sent;
        sum.ok += request.books.ok;
        sum.failed += request.books.failed;
        sum.unfinished += request.books.unfinished;
        measured += request.response_time.count();
    }
    EXPECT_EQ(sum.planned, report.books.planned);
    EXPECT_EQ(sum.sent, report.books.sent);
    EXPECT_EQ(sum.ok, report.books.ok);
    EXPECT_EQ(sum.failed, report.books.failed);
    EXPECT_EQ(sum.unfinished, report.books.unfinished);
    EXPECT_EQ(measured, report.response_time.count());
}

TEST(MixLoad, EachKindOfAMixHasItsShareAndItsBooks) {
    constexpr std::uint64_t kRequests = 2000;  // whole cycles of the mix, on each of two threads
    std::map<std::string, std::uint64_t> asked;
    RequestServer server([&](const AskedRequest& request) {
        const auto count = ++asked[request.method];
        auto reply = right(request.body);
        if (request.method == "POST" && count % 10 == 0) {
            reply.bytes.replace(reply.bytes.find("200 OK"), 6, "503 No");
        }
        return reply;
    });
    auto add = expecting(asked_for("POST", "/add"), "{pick:names}");
    add.body = model::BodySpec{"{pick:names}", false};
    auto spec = spec_of(server,
                        {weighing(asked_for("GET", "/list"), 70), weighing(add, 20),
                         weighing(asked_for("DELETE", "/item/{seq}"), 10)},
                        kRequests);
    spec.picks["names"] = {"ann", "bo", "charlotte"};
    spec.threads = 2;
    const auto report = report_of(spec);
    server.stop();
    expect_books(report, kRequests, 40);
    ASSERT_EQ(report.requests.size(), 3U);
    expect_sums(report);
    EXPECT_EQ(report.requests[0].name, "GET/list");
    EXPECT_EQ(report.requests[0].books.planned, 1400U);
    EXPECT_EQ(report.requests[0].failures.total(), 0U);
    EXPECT_EQ(report.requests[1].name, "POST/add");
    EXPECT_EQ(report.requests[1].books.planned, 400U);
    EXPECT_EQ(report.requests[1].failures.count(model::FailureClass::bad_status), 40U);
    EXPECT_THAT(report.requests[1].failures.example(model::FailureClass::bad_status),
                HasSubstr("status 503"));
    EXPECT_EQ(report.requests[2].name, "DELETE/item/");
    EXPECT_EQ(report.requests[2].books.planned, 200U);
    EXPECT_EQ(asked["GET"], 1400U);
    EXPECT_EQ(asked["POST"], 400U);
    EXPECT_EQ(asked["DELETE"], 200U);
}

TEST(MixLoad, ASingleKindHasNoBooksOfItsOwn) {
    RequestServer server([](const AskedRequest& /*request*/) { return right(""); });
    const auto report = report_of(spec_of(server, {asked_for("GET", "/")}, 10));
    EXPECT_TRUE(report.requests.empty());
}

TEST(MixLoad, SoManyAreAskedAndNoMore) {
    for (const std::uint64_t most : {1, 2, 777}) {
        std::uint64_t asked = 0;
        std::set<std::string> numbers;
        std::chrono::steady_clock::time_point last{};
        RequestServer server([&](const AskedRequest& request) {
            ++asked;
            numbers.insert(request.target);
            last = std::chrono::steady_clock::now();
            return right("");
        });
        auto spec = spec_of(server, {asked_for("GET", "/{seq}")}, most);
        spec.model = model::ClosedLoop{5};
        spec.threads = 2;
        spec.pipeline = 3;
        const auto report = report_of(spec);
        const auto after = std::chrono::steady_clock::now();
        server.stop();
        expect_books(report, most);
        EXPECT_EQ(asked, most);
        EXPECT_EQ(numbers.size(), most);
        for (std::uint64_t number = 0; number < most; ++number) {
            EXPECT_EQ(numbers.count(fmt::format("/{}", number)), 1U) << number;
        }
        // The window ends with the last answer, not when it was to end at the latest.
        EXPECT_GE(report.window_start + report.duration, last);
        EXPECT_LT(report.window_start + report.duration, after);
        EXPECT_FALSE(report.interrupted);
    }
}

TEST(MixLoad, TimeMayBeOverBeforeAllAreAsked) {
    RequestServer server([](const AskedRequest& /*request*/) { return right(""); });
    auto spec = spec_of(server, {asked_for("GET", "/")}, 1'000'000'000);
    spec.duration = 200ms;
    const auto report = report_of(spec);
    EXPECT_EQ(report.duration, 200ms);
    EXPECT_GT(report.books.ok, 0U);
    EXPECT_EQ(report.books.planned, report.books.ok);
}

TEST(MixLoad, AConnectionIsClosedAfterSoManyAnswers) {
    constexpr std::uint64_t kRequests = 100;
    constexpr std::size_t kOnOne = 5;
    std::map<std::size_t, std::size_t> asked;  // by connection
    RequestServer server([&](const AskedRequest& request) {
        asked[request.connection] = request.nth + 1;
        return right("");
    });
    auto spec = spec_of(server, {asked_for("GET", "/{seq}")}, kRequests);
    spec.connection_requests = kOnOne;
    const auto report = report_of(spec);
    server.stop();
    expect_books(report, kRequests);
    EXPECT_EQ(report.connections.closed_by_server, 0U);
    std::size_t all = 0;
    std::size_t fewer = 0;
    for (const auto& [connection, count] : asked) {
        EXPECT_LE(count, kOnOne);
        all += count;
        fewer += count < kOnOne ? 1 : 0;
    }
    EXPECT_EQ(all, kRequests);
    EXPECT_LE(fewer, 4U) << "the last of each of four connections";
    EXPECT_EQ(report.connections.reused_requests, kRequests - asked.size());
}

// Whether the end is seen before the next request is sent is chance: nothing of it may be lost.
TEST(MixLoad, WhatTheServerClosesUnannouncedIsAnsweredOrCounted) {
    std::uint64_t posts = 0;
    RequestServer server([&](const AskedRequest& request) {
        posts += request.method == "POST" ? 1 : 0;
        auto reply = right("");
        reply.ends = request.nth == 2;
        return reply;
    });
    const auto report = report_of(
        spec_of(server, {asked_for("GET", "/{nonce}"), asked_for("POST", "/{nonce}")}, 600));
    server.stop();
    EXPECT_EQ(report.books.planned, 600U);
    EXPECT_TRUE(report.books.balance());
    EXPECT_EQ(report.books.unfinished, 0U);
    EXPECT_EQ(report.books.failed, report.failures.count(model::FailureClass::reset_before_answer));
    ASSERT_EQ(report.requests.size(), 2U);
    expect_sums(report);
    EXPECT_EQ(report.requests[1].books.ok, posts) << "none was asked twice";
}

TEST(MixLoad, AnErrorOfARequestNamesIt) {
    RequestServer server([](const AskedRequest& /*request*/) { return right(""); });
    const std::atomic<bool> stop{false};
    const auto report = run_load(spec_of(server, {asked_for("GET", "/{nonsense}")}, 1), stop);
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::usage);
    EXPECT_THAT(report.error().message, HasSubstr("GET/: path: \"{nonsense}\" is no placeholder"));
}

}  // namespace
}  // namespace benchhost::load

// Cookies that users send back, and header fields that answers have to have, against real servers.
#include "core/load/load.hpp"
#include "tests/integration/load/request_load.hpp"
#include "tests/integration/load/request_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;

/// Gives each connection a cookie that it has to send back with the next request, and sees to it
/// that a deleted one does not come again.
class CookieServer {
  public:
    const RequestServer& server() const { return server_; }
    void stop() { server_.stop(); }
    std::uint64_t wrong() const { return wrong_; }
    std::uint64_t asked() const { return asked_; }

  private:
    Reply answer(const AskedRequest& request) {
        constexpr std::size_t kDeletedAt = 4;  // of five requests in a row
        ++asked_;
        std::string& expected = cookies_[request.connection];
        const auto begin = request.head.find("\r\nCookie: ");
        const auto sent =
            begin == std::string::npos
                ? std::string()
                : request.head.substr(begin + 10, request.head.find('\r', begin + 2) - begin - 10);
        wrong_ += sent == expected ? 0 : 1;
        if (request.nth % 5 == kDeletedAt) {
            expected.clear();
            return reply_with(
                "Set-Cookie: sid=; Max-Age=0; Path=/\r\nset-cookie: kind=x; max-age=0\r\n", "");
        }
        expected = fmt::format("sid={}-{}; kind=x", request.connection, request.nth);
        return reply_with(fmt::format("Set-Cookie: sid={}-{}; Path=/; HttpOnly\r\n"
                                      "Set-Cookie: kind=x\r\n",
                                      request.connection, request.nth),
                          "");
    }

    std::uint64_t asked_ = 0;
    std::uint64_t wrong_ = 0;
    std::map<std::size_t, std::string> cookies_;  // by connection
    RequestServer server_{[this](const AskedRequest& request) { return answer(request); }};
};

TEST(CookieLoad, EachConnectionSendsBackItsOwn) {
    const std::vector<std::pair<const char*, model::LoadModel>> kModels{
        {"closed", model::ClosedLoop{8}}, {"users", model::VirtualUsers{16, 1000, {0ms, 1ms}}}};
    for (const auto& [name, load_model] : kModels) {
        SCOPED_TRACE(name);
        CookieServer server;
        auto spec =
            spec_of(server.server(), {asked_for("GET", "/"), asked_for("POST", "/{nonce}")}, 2000);
        spec.model = load_model;
        spec.threads = 2;
        spec.keeps_cookies = true;
        const auto report = report_of(spec);
        server.stop();
        expect_books(report, 2000);
        EXPECT_EQ(server.asked(), 2000U);
        EXPECT_EQ(server.wrong(), 0U);
    }
}

TEST(CookieLoad, WithoutBeingAskedForNoneIsSent) {
    std::uint64_t sent = 0;
    RequestServer server([&](const AskedRequest& request) {
        sent += request.head.find("\r\nCookie:") == std::string::npos ? 0 : 1;
        return reply_with("Set-Cookie: sid=1\r\n", "");
    });
    expect_books(report_of(spec_of(server, {asked_for("GET", "/{seq}")}, 100)), 100);
    server.stop();
    EXPECT_EQ(sent, 0U);
}

TEST(CookieLoad, AUserKeepsItsCookieOverItsConnections) {
    constexpr std::uint64_t kRequests = 500;
    std::uint64_t given = 0;
    std::set<std::size_t> connections;
    RequestServer server([&](const AskedRequest& request) {
        connections.insert(request.connection);
        if (request.head.find("\r\nCookie: sid=") != std::string::npos) {
            return right("");
        }
        return reply_with(fmt::format("Set-Cookie: sid={}\r\n", ++given), "");
    });
    auto spec = spec_of(server, {asked_for("GET", "/")}, kRequests);
    spec.keeps_cookies = true;
    spec.connection_requests = 5;
    const auto report = report_of(spec);
    server.stop();
    expect_books(report, kRequests);
    EXPECT_EQ(given, 4U) << "one for each of four that ask";
    EXPECT_GE(connections.size(), kRequests / 5);
}

TEST(CookieLoad, WhoseFlowHasFailedIsNobodyAnyMore) {
    std::uint64_t logins = 0;
    std::uint64_t known_at_login = 0;
    std::uint64_t unknown_later = 0;
    std::uint64_t failed = 0;
    RequestServer server([&](const AskedRequest& request) {
        const bool is_known = request.head.find("\r\nCookie: sid=") != std::string::npos;
        if (request.target == "/login") {
            known_at_login += is_known ? 1 : 0;
            return reply_with(fmt::format("Set-Cookie: sid={}\r\n", ++logins), "");
        }
        unknown_later += is_known ? 0 : 1;
        ++failed;  // each
        return reply_with("", "", "500 Oh");
    });
    auto spec = flow_of(server, {asked_for("GET", "/login"), asked_for("GET", "/next")}, 200);
    spec.keeps_cookies = true;
    const auto report = report_of(spec);
    server.stop();
    EXPECT_EQ(report.books.planned, 200U);
    EXPECT_EQ(report.books.failed, failed);
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_status), failed);
    EXPECT_EQ(known_at_login, 0U);
    EXPECT_EQ(unknown_later, 0U);
}

TEST(ExpectedFields, AreComparedOfEveryAnswer) {
    constexpr std::uint64_t kRequests = 2000;
    for (const std::uint32_t pipeline : {1U, 4U}) {
        std::uint64_t asked = 0;
        std::uint64_t wrong = 0;
        std::string previous = "none";
        RequestServer server([&](const AskedRequest& request) {
            const auto nonce = request.target.substr(3);
            const auto told = std::exchange(previous, nonce);
            const bool is_wrong = ++asked % 500 == 0;
            const bool is_missing = asked % 500 == 250;
            wrong += is_wrong || is_missing ? 1 : 0;
            return is_missing
                       ? right(nonce)
                       : reply_with(fmt::format("x-request:  {} \r\n", is_wrong ? told : nonce),
                                    nonce);
        });
        auto request = expecting(asked_for("GET", "/n/{nonce}"), "{nonce}");
        request.expect_headers = {{"X-Request", "{nonce}"}};
        auto spec = spec_of(server, {request}, kRequests);
        spec.pipeline = pipeline;
        const auto report = report_of(spec);
        server.stop();
        EXPECT_EQ(wrong, 8U);
        expect_books(report, kRequests, wrong);
        EXPECT_EQ(report.failures.count(model::FailureClass::bad_header), wrong);
        EXPECT_EQ(report.failures.example(model::FailureClass::bad_header), "no field X-Request");
    }
}

TEST(ExpectedFields, InInterimAnswersAreNone) {
    RequestServer server([](const AskedRequest& request) {
        auto reply = reply_with("X-Kind: final\r\n", "");
        const std::string kind = request.target == "/right" ? "other" : "final";
        reply.bytes = "HTTP/1.1 103 Early Hints\r\nX-Kind: " + kind + "\r\n\r\n" + reply.bytes;
        if (request.target == "/wrong") {
            reply.bytes.replace(reply.bytes.rfind("X-Kind"), 6, "X-Sort");
        }
        return reply;
    });
    auto right_one = asked_for("GET", "/right");
    right_one.expect_headers = {{"X-Kind", "final"}};
    auto wrong_one = asked_for("GET", "/wrong");
    wrong_one.expect_headers = right_one.expect_headers;
    const auto report = report_of(spec_of(server, {right_one, wrong_one}, 100));
    server.stop();
    expect_books(report, 100, 50);
    ASSERT_EQ(report.requests.size(), 2U);
    EXPECT_EQ(report.requests[0].books.failed, 0U);
    EXPECT_EQ(report.requests[1].failures.count(model::FailureClass::bad_header), 50U);
}

}  // namespace
}  // namespace benchhost::load

// Flows against a server that knows who it is talking to: each user sends back what it was given,
// and whoever was given nothing begins anew.
#include "core/load/load.hpp"
#include "tests/integration/load/request_load.hpp"
#include "tests/integration/load/request_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using TakenFrom = model::TakeSpec::From;

bool has_line(const AskedRequest& request, const std::string& line) {
    return request.head.find("\r\n" + line + "\r\n") != std::string::npos;
}

/// POST /login gives a token in a field and an id in JSON; GET /users/ID and POST /logout have to
/// send back those that their connection was given last, one after the other.
class LoginServer {
  public:
    /// May spoil an answer, so that its user has to begin anew; `nth` of its path, from 1.
    using Spoils = std::function<bool(const std::string& path, std::uint64_t nth, Reply& reply)>;

    explicit LoginServer(Spoils spoils = {}) : spoils_(std::move(spoils)) {}

    const RequestServer& server() const { return server_; }
    void stop() { server_.stop(); }

    std::uint64_t asked(const std::string& path) const {
        const auto found = asked_.find(path);
        return found == asked_.end() ? 0 : found->second;
    }
    std::uint64_t strangers() const { return strangers_; }        ///< sent back something else
    std::uint64_t out_of_order() const { return out_of_order_; }  ///< asked for another step
    std::uint64_t spoilt() const { return spoilt_; }

  private:
    struct Guest {
        std::string id;
        std::string token;
        std::string next = "/login";
    };

    Reply answer(const AskedRequest& request) {
        const auto path = request.target.substr(0, request.target.find('/', 1));
        Guest& guest = guests_[request.connection];
        out_of_order_ += path == guest.next ? 0 : 1;
        auto reply = path == "/login"   ? log_in(request, guest)
                     : path == "/users" ? show(request, guest)
                                        : log_out(request, guest);
        const auto nth = ++asked_[path];
        if (spoils_ && spoils_(path, nth, reply)) {
            ++spoilt_;
            guest = Guest();
        }
        return reply;
    }
    Reply log_in(const AskedRequest& request, Guest& guest) {
        strangers_ += request.method == "POST" ? 0 : 1;
        ++logins_;
        guest = {std::to_string(logins_), fmt::format("t{:x}", logins_ * 7919), "/users"};
        return reply_with("X-Token: " + guest.token + "\r\n",
                          R"({"user":{"id":)" + guest.id + R"(,"name":"ann"}})");
    }
    Reply show(const AskedRequest& request, Guest& guest) {
        const bool is_known = request.target == "/users/" + guest.id &&
                              has_line(request, "Authorization: Bearer " + guest.token);
        strangers_ += is_known ? 0 : 1;
        guest.next = "/logout";
        return reply_with("X-User: " + guest.id + "\r\n", guest.id);
    }
    Reply log_out(const AskedRequest& request, Guest& guest) {
        strangers_ += request.body == R"({"token":")" + guest.token + R"("})" ? 0 : 1;
        guest = Guest();
        return reply_with("", "bye");
    }

    Spoils spoils_;
    std::uint64_t logins_ = 0;
    std::uint64_t strangers_ = 0;
    std::uint64_t out_of_order_ = 0;
    std::uint64_t spoilt_ = 0;
    std::map<std::string, std::uint64_t> asked_;  // by path
    std::map<std::size_t, Guest> guests_;         // by connection
    RequestServer server_{[this](const AskedRequest& request) { return answer(request); }};
};

Requests login_steps() {
    auto login = asked_for("POST", "/login");
    login.name = "login";
    login.takes = {{"token", TakenFrom::header, "x-token"}, {"id", TakenFrom::json, "/user/id"}};
    auto users = expecting(asked_for("GET", "/users/{take:id}"), "{take:id}");
    users.name = "users";
    users.headers = {{"Authorization", "Bearer {take:token}"}};
    users.expect_headers = {{"X-User", "{take:id}"}};
    auto logout = expecting(asked_for("POST", "/logout"), "bye");
    logout.name = "logout";
    logout.body = model::BodySpec{R"({"token":"{take:token}"})", false};
    return {login, users, logout};
}

class Flows : public ::testing::TestWithParam<std::uint32_t> {
  protected:
    static constexpr std::uint64_t kRequests = 3000;

    LoadReport load(LoginServer& server) {
        auto spec = flow_of(server.server(), login_steps(), kRequests);
        spec.threads = GetParam();
        auto report = report_of(spec);
        server.stop();
        return report;
    }
    /// Nobody sent what was not its own, and each step was asked as often as it was counted.
    static void expect_known(const LoadReport& report, const LoginServer& server) {
        EXPECT_EQ(server.strangers(), 0U);
        EXPECT_EQ(server.out_of_order(), 0U);
        ASSERT_EQ(report.requests.size(), 3U);
        EXPECT_EQ(report.requests[0].books.sent, server.asked("/login"));
        EXPECT_EQ(report.requests[1].books.sent, server.asked("/users"));
        EXPECT_EQ(report.requests[2].books.sent, server.asked("/logout"));
        for (const auto& step : report.requests) {
            EXPECT_TRUE(step.books.balance()) << step.name;
        }
    }
};

TEST_P(Flows, EachUserSendsBackWhatItWasGiven) {
    LoginServer server;
    const auto report = load(server);
    expect_books(report, kRequests);
    expect_known(report, server);
    EXPECT_EQ(report.requests[0].name, "login");
    // Of the last flows some end before their last step.
    EXPECT_LE(server.asked("/login") - server.asked("/logout"), kUsers);
    EXPECT_GE(server.asked("/logout"), kRequests / 3 - kUsers);
}

TEST_P(Flows, WhoIsGivenNoTokenHasFailedAndBeginsAnew) {
    constexpr std::uint64_t kOnceIn = 50;
    LoginServer server([](const std::string& path, std::uint64_t nth, Reply& reply) {
        const bool is_spoilt = path == "/login" && nth % kOnceIn == 0;
        if (is_spoilt) {
            reply.bytes.replace(reply.bytes.find("X-Token"), 7, "X-Taken");
        }
        return is_spoilt;
    });
    const auto report = load(server);
    expect_known(report, server);
    EXPECT_EQ(server.spoilt(), server.asked("/login") / kOnceIn);
    EXPECT_GT(server.spoilt(), 0U);
    expect_books(report, kRequests, server.spoilt());
    const auto& failures = report.requests[0].failures;
    EXPECT_EQ(failures.count(model::FailureClass::no_value), server.spoilt());
    EXPECT_EQ(report.failures.total(), server.spoilt());
    EXPECT_EQ(failures.example(model::FailureClass::no_value),
              "step login: no x-token for {take:token}");
}

TEST_P(Flows, WhoIsGivenNoIdHasFailedAndBeginsAnew) {
    constexpr std::uint64_t kOnceIn = 50;
    LoginServer server([](const std::string& path, std::uint64_t nth, Reply& reply) {
        const bool is_spoilt = path == "/login" && nth % kOnceIn == 0;
        if (is_spoilt) {
            reply.bytes.replace(reply.bytes.find("\"id\""), 4, "\"no\"");
        }
        return is_spoilt;
    });
    const auto report = load(server);
    expect_known(report, server);
    EXPECT_GT(server.spoilt(), 0U);
    expect_books(report, kRequests, server.spoilt());
    EXPECT_EQ(report.failures.count(model::FailureClass::no_value), server.spoilt());
    EXPECT_EQ(report.failures.example(model::FailureClass::no_value),
              "step login: no /user/id for {take:id}");
}

TEST_P(Flows, AFieldThatIsNotAsExpectedIsCounted) {
    constexpr std::uint64_t kOnceIn = 50;
    LoginServer server([](const std::string& path, std::uint64_t nth, Reply& reply) {
        const bool is_spoilt = path == "/users" && nth % kOnceIn == 0;
        if (is_spoilt) {
            const auto value = reply.bytes.find("X-User: ") + 8;
            reply.bytes.insert(value, "0");
        }
        return is_spoilt;
    });
    const auto report = load(server);
    expect_known(report, server);
    EXPECT_EQ(server.spoilt(), server.asked("/users") / kOnceIn);
    EXPECT_GT(server.spoilt(), 0U);
    expect_books(report, kRequests, server.spoilt());
    const auto& failures = report.requests[1].failures;
    EXPECT_EQ(failures.count(model::FailureClass::bad_header), server.spoilt());
    EXPECT_EQ(report.failures.total(), server.spoilt());
    EXPECT_THAT(failures.example(model::FailureClass::bad_header), HasSubstr("X-User: 0"));
}

TEST_P(Flows, AWrongAnswerInTheMiddleEndsTheFlow) {
    LoginServer server([](const std::string& path, std::uint64_t nth, Reply& reply) {
        const bool is_spoilt = path != "/login" && nth % 40 == 0;
        if (is_spoilt) {
            reply.bytes.replace(reply.bytes.find("200 OK"), 6, "503 No");
        }
        return is_spoilt;
    });
    const auto report = load(server);
    expect_known(report, server);
    EXPECT_GT(server.spoilt(), 0U);
    expect_books(report, kRequests, server.spoilt());
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_status), server.spoilt());
    EXPECT_EQ(report.requests[0].books.failed, 0U);
}

INSTANTIATE_TEST_SUITE_P(Threads, Flows, ::testing::Values(1U, 3U));

TEST(FlowLoad, GoesOnOverConnectionsThatTheServerCloses) {
    constexpr std::uint64_t kRequests = 600;
    std::set<std::string> given;
    std::uint64_t strangers = 0;
    RequestServer server([&](const AskedRequest& request) {
        const std::string closes = "Connection: close\r\n";
        Reply reply;
        if (request.target == "/login") {
            const auto token = fmt::format("t{}", given.size());
            given.insert(token);
            reply = reply_with("X-Token: " + token + "\r\n" + closes, "ok");
        } else {
            const auto token = request.target.substr(request.target.rfind('/') + 1);
            strangers += given.count(token) == 1 ? 0 : 1;
            reply = reply_with(closes, token);
        }
        reply.ends = true;
        return reply;
    });
    auto login = asked_for("GET", "/login");
    login.takes = {{"token", TakenFrom::header, "X-Token"}};
    const auto next = expecting(asked_for("GET", "/as/{take:token}"), "{take:token}");
    const auto report = report_of(flow_of(server, {login, next, next}, kRequests));
    server.stop();
    expect_books(report, kRequests);
    EXPECT_EQ(strangers, 0U);
    EXPECT_GE(report.connections.opened, kRequests);
}

TEST(FlowLoad, AStepMayPauseLongerThanTheOthers) {
    using Steady = std::chrono::steady_clock;
    constexpr auto kPause = 30ms;
    std::map<std::size_t, Steady::time_point> paid;  // by connection
    Steady::duration shortest = 1h;
    std::uint64_t pauses = 0;
    RequestServer server([&](const AskedRequest& request) {
        const auto before = paid.find(request.connection);
        if (before != paid.end()) {
            shortest = std::min(shortest, Steady::now() - before->second);
            paid.erase(before);
            ++pauses;
        }
        if (request.target == "/pay") {
            paid[request.connection] = Steady::now();
        }
        return right("");
    });
    auto pay = asked_for("GET", "/pay");
    pay.think_time = DurationRange{kPause, kPause};
    const auto report = report_of(flow_of(server, {asked_for("GET", "/list"), pay}, 60));
    server.stop();
    expect_books(report, 60);
    EXPECT_GT(pauses, 0U);
    EXPECT_GE(shortest, kPause);
    ASSERT_TRUE(report.offered_ceiling.has_value());
    EXPECT_DOUBLE_EQ(*report.offered_ceiling, kUsers / 0.015);
}

TEST(FlowLoad, ASingleStepIsAFlowToo) {
    std::uint64_t asked = 0;
    RequestServer server([&](const AskedRequest& request) {
        EXPECT_EQ(request.target, "/only");
        ++asked;
        return right("x");
    });
    const auto report =
        report_of(flow_of(server, {expecting(asked_for("GET", "/only"), "x")}, 100));
    server.stop();
    expect_books(report, 100);
    EXPECT_EQ(asked, 100U);
}

}  // namespace
}  // namespace benchhost::load

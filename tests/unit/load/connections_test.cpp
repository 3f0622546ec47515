// Connections by hand: what the server does comes exactly when the test wants it.
#include "core/load/engine/connections.hpp"

#include "core/base/unique_fd.hpp"
#include "core/http/target.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;

/// Takes connections by hand, so that the test decides what comes first.
class Listener {
  public:
    explicit Listener(int backlog) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(socket_.get(), any, size), 0);
        EXPECT_EQ(::listen(socket_.get(), backlog), 0);
        EXPECT_EQ(::getsockname(socket_.get(), any, &size), 0);
        port_ = ntohs(address.sin_port);
    }
    std::uint16_t port() const { return port_; }
    bool is_asked() const {
        pollfd waiting{socket_.get(), POLLIN, 0};
        return ::poll(&waiting, 1, 0) == 1;
    }
    UniqueFd accept() const { return UniqueFd(::accept(socket_.get(), nullptr, nullptr)); }

  private:
    UniqueFd socket_;
    std::uint16_t port_ = 0;
};

/// The whole request, which is small.
std::string take_request(const UniqueFd& connection) {
    std::string request(4096, '\0');
    const auto size = ::recv(connection.get(), request.data(), request.size(), 0);
    request.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return request;
}

void answer(const UniqueFd& connection) {
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    EXPECT_EQ(::send(connection.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
}

/// What is answered rightly by answer().
model::RequestSpec asking(std::string method, std::string path,
                          std::optional<std::string> body = std::nullopt) {
    model::RequestSpec request;
    request.method = std::move(method);
    request.path = std::move(path);
    if (body) {
        request.body = model::BodySpec{std::move(*body), false};
    }
    request.expect_body = model::BodySpec{"ok", true};
    return request;
}

class ConnectionsTest : public ::testing::Test, public FreeListener {
  protected:
    explicit ConnectionsTest(int backlog = 8, Nanoseconds timeout = 60s,
                             std::uint32_t connections = 1,
                             std::vector<model::RequestSpec> requests = {})
        : listener_(backlog) {
        LoadSpec spec;
        spec.target.address = "127.0.0.1";
        spec.target.port = listener_.port();
        spec.target.host_header = "127.0.0.1";
        spec.target.path = "/";
        spec.expectation.body = "ok";
        spec.requests = std::move(requests);
        spec.timeout = timeout;
        traffic_ = make_traffic(spec, connections).value();
        const Instant now = Clock::now();
        tally_.set_window(now, now + 600s);
        connections_ =
            std::make_unique<Connections>(traffic_, Kernel::open().value(), tally_, 0, connections);
        connections_->set_listener(this);
    }
    void on_free(std::uint32_t /*connection*/, std::uint32_t requests, Instant /*now*/) override {
        free_ += requests;
    }
    void ask(std::uint32_t index = 0) {
        const Instant now = Clock::now();
        submit(index, now);
    }
    void submit(std::uint32_t index, Instant planned) {
        tally_.planned(planned);
        const PlannedRequest request{planned};
        connections_->submit(index, {&request, 1}, planned);
    }
    void wait_until(const auto& condition) {
        const Instant limit = Clock::now() + 60s;
        Instant now = Clock::now();
        while (!condition() && now < limit) {
            now = connections_->wait(now, now + 10ms);
            connections_->check_deadlines(now);
        }
        EXPECT_TRUE(condition());
    }
    /// A first request that is answered: the connection is kept.
    UniqueFd kept_connection() {
        ask();
        auto connection = listener_.accept();
        wait_until([&] { return connections_->open_now() == 1; });
        EXPECT_NE(take_request(connection), "");
        answer(connection);
        wait_until([&] { return free_ == 1; });
        return connection;
    }
    LoadReport report() {
        connections_->abandon(Clock::now());
        tally_.finish(Clock::now() + 700s);
        LoadReport report;
        tally_.add_to(report);
        return report;
    }

    Listener listener_;
    Traffic traffic_;
    Tally tally_;
    std::unique_ptr<Connections> connections_;
    std::uint32_t free_ = 0;
};

TEST_F(ConnectionsTest, ARequestThatCameAfterTheServerHadClosedIsAskedOnANewConnection) {
    kept_connection().reset();  // the end is under way, and nobody has read it yet
    ask();
    wait_until([&] { return listener_.is_asked(); });
    const auto second = listener_.accept();
    wait_until([&] { return connections_->open_now() == 1; });
    EXPECT_NE(take_request(second), "");
    answer(second);
    wait_until([&] { return free_ == 2; });
    const auto seen = report();
    EXPECT_EQ(seen.books.ok, 2U);
    EXPECT_EQ(seen.books.failed, 0U);
    EXPECT_EQ(seen.connections.asked_again, 1U);
    EXPECT_EQ(seen.connections.asked, 1U);
    EXPECT_EQ(seen.connections.never_answered, 0U);
    EXPECT_TRUE(seen.books.balance());
    EXPECT_TRUE(seen.ended.balance());
}

TEST_F(ConnectionsTest, AConnectionThatIsOpenTellsHowLongARoundTripTakes) {
    const auto connection = kept_connection();
    const auto seen = report();
    ASSERT_TRUE(seen.round_trip);
    EXPECT_GT(*seen.round_trip, 0ns);
    EXPECT_LT(*seen.round_trip, 60s);
}

TEST_F(ConnectionsTest, ARequestThatTheServerHadTakenAndDroppedIsAFailure) {
    auto connection = kept_connection();
    ask();
    EXPECT_NE(take_request(connection), "");
    connection.reset();
    wait_until([&] { return connections_->requests_in_flight() == 0; });
    const auto seen = report();
    EXPECT_EQ(seen.failures.count(model::FailureClass::reset_before_answer), 1U);
    EXPECT_EQ(seen.connections.asked_again.value_or(0), 0U);
    EXPECT_TRUE(seen.ended.balance());
}

TEST_F(ConnectionsTest, AFirstRequestIsNeverAskedAgain) {
    ask();
    listener_.accept().reset();
    wait_until([&] { return connections_->requests_in_flight() == 0; });
    const auto seen = report();
    EXPECT_EQ(seen.books.failed, 1U);
    EXPECT_EQ(seen.connections.asked_again.value_or(0), 0U);
    EXPECT_EQ(seen.connections.never_answered, 1U);
}

class DrawnTest : public ConnectionsTest {
  protected:
    DrawnTest() : ConnectionsTest(8, 60s, 1, {asking("GET", "/{nonce}")}) {}
};

TEST_F(DrawnTest, ARequestIsTheSameWhenItIsAskedAgain) {
    ask();
    auto first = listener_.accept();
    wait_until([&] { return connections_->open_now() == 1; });
    const auto request = take_request(first);
    answer(first);
    wait_until([&] { return free_ == 1; });
    first.reset();
    ask();  // of the same number
    wait_until([&] { return listener_.is_asked(); });
    const auto second = listener_.accept();
    wait_until([&] { return connections_->open_now() == 1; });
    EXPECT_EQ(take_request(second), request);
    answer(second);
    wait_until([&] { return free_ == 2; });
    const auto seen = report();
    EXPECT_EQ(seen.books.ok, 2U);
    EXPECT_EQ(seen.connections.asked_again, 1U);
    EXPECT_TRUE(seen.ended.balance());
}

class PostedTest : public ConnectionsTest {
  protected:
    PostedTest() : ConnectionsTest(8, 60s, 1, {asking("POST", "/", "a=1")}) {}
};

TEST_F(PostedTest, WhatChangesSomethingIsNotAskedAgain) {
    kept_connection().reset();
    ask();
    wait_until([&] { return connections_->requests_in_flight() == 0; });
    EXPECT_FALSE(listener_.is_asked());
    const auto seen = report();
    EXPECT_EQ(seen.books.ok, 1U);
    EXPECT_EQ(seen.failures.count(model::FailureClass::reset_before_answer), 1U);
    EXPECT_EQ(seen.connections.asked_again.value_or(0), 0U);
    EXPECT_TRUE(seen.ended.balance());
}

/// More than a socket takes while nobody reads at its other end.
class LongPostTest : public ConnectionsTest {
  protected:
    LongPostTest() : ConnectionsTest(8, 60s, 1, {asking("POST", "/{nonce}", "{fill:16MiB}")}) {}
};

TEST_F(LongPostTest, AnAnswerBeforeAllOfItWasSentEndsTheConnection) {
    for (std::uint32_t asked = 1; asked <= 2; ++asked) {
        ask();
        const auto connection = listener_.accept();
        wait_until([&] { return connections_->open_now() == 1; });
        EXPECT_EQ(take_request(connection).substr(0, 6), "POST /");
        answer(connection);
        wait_until([&] { return free_ == asked; });
        EXPECT_EQ(connections_->open_now(), 0U);
    }
    const auto seen = report();
    EXPECT_EQ(seen.books.ok, 2U);
    EXPECT_EQ(seen.books.failed, 0U);
    EXPECT_EQ(seen.connections.opened, 2U);
    EXPECT_TRUE(seen.ended.balance());
}

// Stopped by a signal, paused with its container: the server may have been so as well.
TEST_F(ConnectionsTest, WhoCouldNotBeHeardHasItsTimeStill) {
    const auto connection = kept_connection();
    const Instant then = Clock::now() - 90s;  // longer ago than the timeout
    submit(0, then);
    connections_->check_deadlines(connections_->wait(then, then + 10ms));
    const Instant looked = Clock::now() + 100ms;
    wait_until([&] { return Clock::now() > looked; });
    EXPECT_EQ(connections_->requests_in_flight(), 1U);
    EXPECT_NE(take_request(connection), "");
    answer(connection);
    wait_until([&] { return free_ == 2; });
    const auto seen = report();
    EXPECT_EQ(seen.failures.total(), 0U);
    EXPECT_EQ(seen.ended_failures.total(), 0U);
    EXPECT_GE(seen.client.longest_absence, 89s);
}

/// Between two answers of one batch its thread is away.
class AwayAmongAnswersTest : public ConnectionsTest {
  protected:
    AwayAmongAnswersTest() : ConnectionsTest(8, 60s, 2) {}
    static constexpr auto kAway = 150ms;

    void on_free(std::uint32_t connection, std::uint32_t requests, Instant now) override {
        ConnectionsTest::on_free(connection, requests, now);
        std::this_thread::sleep_for(kAway);
    }
};

TEST_F(AwayAmongAnswersTest, IsSeen) {
    ask(0);
    ask(1);
    const auto one = listener_.accept();
    const auto other = listener_.accept();
    wait_until([&] { return connections_->open_now() == 2; });
    for (const auto* connection : {&one, &other}) {
        EXPECT_NE(take_request(*connection), "");
        answer(*connection);
    }
    wait_until([&] { return free_ == 2; });
    EXPECT_GE(report().client.longest_absence, kAway - 20ms);
}

/// Of a server whose queue of connections is full.
class FullQueueTest : public ConnectionsTest {
  protected:
    FullQueueTest() : ConnectionsTest(0, kTimeout) {}
    static constexpr Nanoseconds kTimeout = 1300ms;

    UniqueFd connect() const {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(listener_.port());
        UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        (void)::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
        return socket;
    }
};

// It connects when the kernel tries again after a second, and is not answered then either.
TEST_F(FullQueueTest, ARequestHasOneTimeoutOfWhichTheOpeningMayTakeAPart) {
    const auto fills = connect();
    const auto fills_too = connect();  // Linux takes one more than it was asked for
    ask();
    const Instant freed = Clock::now() + 200ms;
    wait_until([&] { return Clock::now() > freed; });
    EXPECT_EQ(connections_->open_now(), 0U);
    std::vector<UniqueFd> taken;
    wait_until([&] {
        while (listener_.is_asked()) {
            taken.push_back(listener_.accept());
        }
        return connections_->requests_in_flight() == 0;
    });
    const auto seen = report();
    EXPECT_EQ(seen.failures.count(model::FailureClass::timeout), 1U) << "or it never connected";
    EXPECT_LT(seen.failed_time.max(), 1s + kTimeout - 50ms)
        << "a second to connect, and no timeout after that";
}

}  // namespace
}  // namespace benchhost::load

// Users and the open loop against servers whose timing is known. What comes late is nobody's fault:
// times are held against what they cannot be below. How exact they are is proven by `benchhost
// selftest`, on a quiet machine.
#include "core/load/load.hpp"
#include "core/load/schedule.hpp"
#include "core/selftest/oracle_server.hpp"
#include "core/servers/null_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;

class OpenLoad : public ::testing::Test {
  protected:
    void serve(selftest::OracleServer::Options options = {}) {
        auto listener = servers::listen_tcp("127.0.0.1");
        ASSERT_TRUE(listener.has_value()) << listener.error().message;
        options.answer = servers::canned_answer("Hello World!");
        auto started = selftest::OracleServer::start(std::move(*listener), std::move(options));
        ASSERT_TRUE(started.has_value());
        server = std::move(*started);
        spec.target = server->target();
        spec.expectation.body = "Hello World!";
    }
    LoadReport run() {
        auto report = run_load(spec, stop);
        EXPECT_TRUE(report.has_value()) << report.error().message;
        server->stop();
        return report ? *report : LoadReport{};
    }
    static model::OpenLoop rate(double per_second, std::uint32_t connections) {
        model::OpenLoop open;
        open.rate = per_second;
        open.connections = connections;
        return open;
    }

    std::unique_ptr<selftest::OracleServer> server;
    LoadSpec spec = [] {
        LoadSpec quick;
        quick.duration = 500ms;
        quick.warmup = 100ms;
        quick.timeout = 20s;
        return quick;
    }();
    std::atomic<bool> stop{false};
};

TEST_F(OpenLoad, EveryRequestOfTheScheduleIsSentOnce) {
    for (const std::uint32_t threads : {1U, 2U}) {
        serve();
        spec.threads = threads;
        spec.model = rate(400, 16);
        const LoadReport report = run();
        EXPECT_EQ(report.books.planned, 200U);
        EXPECT_EQ(report.books.ok, 200U);
        EXPECT_TRUE(report.books.balance());
        EXPECT_EQ(server->arrivals().size(), 240U);  // 40 of them in the warm-up
        EXPECT_EQ(report.response_time.count(), 200U);
        EXPECT_EQ(report.service_time.count(), 200U);
        EXPECT_EQ(report.send_lag.count(), 200U);
        EXPECT_DOUBLE_EQ(report.offered_ceiling.value_or(0), 400);
    }
}

TEST_F(OpenLoad, NoRequestIsSentBeforeItsTime) {
    serve();
    spec.warmup = 0ms;
    spec.model = rate(500, 8);
    const LoadReport report = run();
    ASSERT_EQ(server->arrivals().size(), 250U);
    Schedule schedule(std::get<model::OpenLoop>(spec.model), spec.warmup, spec.seed);
    for (const Instant arrival : server->arrivals()) {
        const Instant planned = report.window_start + schedule.next();
        ASSERT_GE(arrival, planned);
        ASSERT_LT(arrival - planned, 10s);
    }
}

TEST_F(OpenLoad, PoissonPlansWhatTheSeedSays) {
    serve();
    model::OpenLoop model = rate(400, 16);
    model.arrivals = model::Arrivals::poisson;
    spec.model = model;
    spec.threads = 2;
    Schedule schedule(model, spec.warmup, spec.seed);
    std::uint64_t planned = 0;
    for (Nanoseconds time = schedule.next(); time < spec.warmup + spec.duration;
         time = schedule.next()) {
        planned += time >= spec.warmup ? 1 : 0;
    }
    const LoadReport report = run();
    EXPECT_EQ(report.books.planned, planned);
    EXPECT_EQ(report.books.ok, planned);
}

TEST_F(OpenLoad, StagesChangeTheRate) {
    serve();
    model::OpenLoop model = rate(100, 16);
    model.stages = {{700, 500ms}};
    spec.model = model;
    const LoadReport report = run();
    EXPECT_NEAR(static_cast<double>(report.books.planned), 200, 1);
    EXPECT_DOUBLE_EQ(report.offered_ceiling.value_or(0), 700);
}

TEST_F(OpenLoad, AFrozenServerIsSeenInEveryRequestThatWasDueMeanwhile) {
    selftest::OracleServer::Options options;
    options.freeze = selftest::OracleServer::Freeze{400ms, 300ms};
    serve(options);
    spec.warmup = 0ms;
    spec.duration = 1000ms;
    spec.model = rate(500, 4);
    const LoadReport report = run();
    EXPECT_EQ(report.books.ok, 500U);
    // Uniform on (0, S] for S/T of all: p90 = S - 0.1 T = 200 ms, where the server froze when it
    // was to. Blind to it: a few ms.
    EXPECT_GT(report.response_time.at_quantile(0.9), 100ms);
    EXPECT_GE(report.response_time.max(), 200ms);
    // Only four were on the wire; for the others the wait was in our queue.
    EXPECT_GT(report.send_lag.at_quantile(0.9), 50ms);
    EXPECT_LT(report.service_time.at_quantile(0.9), report.response_time.at_quantile(0.9));
}

TEST_F(OpenLoad, BytesAreThoseOfTheWindowsRequestsWheneverTheyCome) {
    selftest::OracleServer::Options options;
    options.service = 300ms;
    serve(options);
    spec.model = model::ClosedLoop{2};
    spec.warmup = 0ms;
    spec.duration = 100ms;
    const LoadReport report = run();
    EXPECT_EQ(report.books.ok, 2U);
    EXPECT_EQ(report.bytes.body, 2 * std::string("Hello World!").size());
    EXPECT_EQ(report.bytes.received, 2 * servers::canned_answer("Hello World!").size());
}

TEST_F(OpenLoad, WhatDoesNotFitIsShedAndCounted) {
    selftest::OracleServer::Options options;
    options.service = 50ms;
    serve(options);
    spec.model = rate(10'000, 2);
    spec.warmup = 0ms;
    spec.timeout = 100ms;
    const LoadReport report = run();
    EXPECT_EQ(report.books.planned, 5000U);
    EXPECT_TRUE(report.books.balance());
    EXPECT_GT(report.books.shed, 3000U);
    EXPECT_GT(report.books.unsent, 0U);
    EXPECT_GT(report.books.ok + report.books.failed, 0U);
}

TEST_F(OpenLoad, UsersThinkBetweenTheirRequests) {
    serve();
    model::VirtualUsers model;
    model.users = 40;
    model.spawn_rate = 400;
    model.think_time = {50ms, 150ms};
    spec.model = model;
    spec.duration = 1000ms;
    const LoadReport report = run();
    EXPECT_TRUE(report.books.balance());
    EXPECT_EQ(report.books.failed, 0U);
    EXPECT_EQ(report.connections.opened, 40U);
    EXPECT_DOUBLE_EQ(report.offered_ceiling.value_or(0), 400);
    EXPECT_GT(report.books.ok, 100U);
    EXPECT_LE(report.books.planned, 420U);
    EXPECT_EQ(report.response_time.count(), report.books.ok);
}

TEST_F(OpenLoad, UsersAreSpawnedAtTheirRate) {
    serve();
    model::VirtualUsers model;
    model.users = 20;
    model.spawn_rate = 100;
    model.think_time = {10s, 10s};
    spec.model = model;
    spec.warmup = 0ms;
    spec.duration = 50ms;
    const LoadReport report = run();
    const auto& arrivals = server->arrivals();
    ASSERT_EQ(arrivals.size(), 20U);
    // The window begins when all have come; none comes before its time.
    const Instant first = report.window_start - 200ms;
    for (std::size_t user = 0; user < arrivals.size(); ++user) {
        EXPECT_GE(arrivals[user], first + 10ms * static_cast<int>(user) - 1us) << user;
    }
}

TEST_F(OpenLoad, UsersWithoutThinkTimeAreAClosedLoop) {
    serve();
    model::VirtualUsers model;
    model.users = 4;
    model.spawn_rate = 1000;
    model.think_time = {};
    spec.model = model;
    const LoadReport report = run();
    EXPECT_TRUE(report.books.balance());
    EXPECT_GT(report.books.ok, 50U);
    EXPECT_LT(report.mean_in_flight, 4.001);
    EXPECT_GT(report.mean_in_flight, 3);
}

TEST_F(OpenLoad, ADelayedAnswerIsNeverMeasuredShorterThanItsDelay) {
    selftest::OracleServer::Options options;
    options.delay = 20ms;
    serve(options);
    spec.model = model::ClosedLoop{4};
    const LoadReport report = run();
    EXPECT_EQ(report.books.failed, 0U);
    EXPECT_GE(report.response_time.min(), 20ms);
}

}  // namespace
}  // namespace benchhost::load

// Servers that misbehave: each request is counted exactly once, under the right class.
#include "core/load/load.hpp"
#include "core/selftest/fault_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;
using selftest::Behaviour;
using selftest::FaultServer;
using ::testing::HasSubstr;

// Short for what never answers, and never reached by what does.
constexpr Nanoseconds kTimeout = 300ms;
constexpr Nanoseconds kAmple = 20s;

LoadSpec quick_spec(const FaultServer& server, Nanoseconds timeout = kAmple) {
    LoadSpec spec;
    spec.target = server.target();
    spec.expectation.body = std::string(FaultServer::kBody);
    spec.model = model::ClosedLoop{4};
    spec.warmup = 0ms;
    spec.duration = 200ms;
    spec.timeout = timeout;
    return spec;
}

LoadReport run(const LoadSpec& spec) {
    const std::atomic<bool> stop{false};
    auto report = run_load(spec, stop);
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report ? *report : LoadReport{};
}

struct FaultCase {
    Behaviour behaviour;
    std::optional<model::FailureClass> failure;  ///< what every request becomes; absent: ok
    const char* example = "";
};

class Faults : public ::testing::TestWithParam<FaultCase> {};

TEST_P(Faults, EveryRequestIsCountedUnderItsClass) {
    const FaultCase& fault = GetParam();
    FaultServer server(fault.behaviour);
    const bool silent = fault.failure == model::FailureClass::timeout;
    LoadSpec spec = quick_spec(server, silent ? kTimeout : kAmple);
    if (fault.behaviour == Behaviour::no_content_204) {
        spec.expectation = {model::Verify::full, 204, ""};
    } else if (fault.behaviour == Behaviour::not_modified_304) {
        spec.expectation = {model::Verify::full, 304, ""};
    }
    const LoadReport report = run(spec);
    server.stop();
    EXPECT_TRUE(report.books.balance());
    EXPECT_GT(report.books.sent, 0U);
    EXPECT_EQ(report.books.unfinished, 0U);
    if (!fault.failure) {
        EXPECT_EQ(report.books.ok, report.books.sent)
            << report.failures.example(model::FailureClass::malformed_answer)
            << report.failures.example(model::FailureClass::timeout);
        EXPECT_EQ(report.books.sent, server.requests());
        EXPECT_EQ(report.books.ok, server.answers());
        return;
    }
    EXPECT_EQ(report.failures.count(*fault.failure), report.books.sent);
    EXPECT_THAT(report.failures.example(*fault.failure), HasSubstr(fault.example));
    EXPECT_EQ(report.failed_time.count(), report.books.failed);
    EXPECT_TRUE(report.response_time.empty());
    if (fault.behaviour != Behaviour::accept_then_reset) {
        EXPECT_EQ(report.books.sent, server.requests());
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, Faults,
    ::testing::Values(
        FaultCase{Behaviour::right, {}},
        FaultCase{Behaviour::accept_then_reset, model::FailureClass::reset_before_answer, "reset"},
        FaultCase{Behaviour::reset_in_body, model::FailureClass::reset_in_answer, "reset"},
        FaultCase{Behaviour::short_body_then_fin, model::FailureClass::closed_early,
                  "6 bytes of body"},
        FaultCase{Behaviour::garbage_status, model::FailureClass::malformed_answer},
        FaultCase{Behaviour::endless_headers, model::FailureClass::malformed_answer},
        FaultCase{Behaviour::wrong_body_same_length, model::FailureClass::bad_body, "status 200"},
        FaultCase{Behaviour::wrong_length, model::FailureClass::bad_length, "11 bytes"},
        FaultCase{Behaviour::status_503, model::FailureClass::bad_status, "status 503"},
        FaultCase{Behaviour::silence, model::FailureClass::timeout, "no answer within 300 ms"},
        FaultCase{Behaviour::dribble, {}}, FaultCase{Behaviour::chunk_split_each_byte, {}},
        FaultCase{Behaviour::chunked, {}}, FaultCase{Behaviour::continue_100_first, {}},
        FaultCase{Behaviour::http10_close, {}}, FaultCase{Behaviour::http10_keep_alive, {}},
        FaultCase{Behaviour::no_content_204, {}}, FaultCase{Behaviour::not_modified_304, {}},
        FaultCase{Behaviour::close_each_time, {}}),
    [](const auto& each) {
        std::string name(to_string(each.param.behaviour));
        std::replace_if(
            name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
        return name;
    });

TEST(FaultLoad, NobodyListening) {
    const FaultServer server(Behaviour::refuse);
    const std::atomic<bool> stop{false};
    const auto report = run_load(quick_spec(server), stop);
    ASSERT_FALSE(report.has_value());
    EXPECT_THAT(report.error().message, HasSubstr("Connection refused"));
}

TEST(FaultLoad, TimeoutsCloseTheConnection) {
    FaultServer server(Behaviour::silence);
    LoadSpec spec = quick_spec(server);
    spec.timeout = 50ms;
    const LoadReport report = run(spec);
    EXPECT_GT(report.failures.count(model::FailureClass::timeout), 4U);
    // Each try came on a connection of its own.
    EXPECT_EQ(report.connections.reused_requests, 0U);
    EXPECT_GE(report.failed_time.min(), 50ms);
}

TEST(FaultLoad, ConnectionsThatTheServerEndsAreCountedAndOpenedAnew) {
    FaultServer server(Behaviour::close_each_time);
    const LoadReport report = run(quick_spec(server));
    EXPECT_EQ(report.books.failed, 0U);
    EXPECT_EQ(report.connections.closed_by_server, report.books.sent);
    EXPECT_EQ(report.connections.reused_requests, 0U);
}

TEST(FaultLoad, UnannouncedEndsAreOkOrResetsButNeverLost) {
    FaultServer server(Behaviour::close_unannounced);
    const LoadReport report = run(quick_spec(server));
    server.stop();
    EXPECT_EQ(report.books.ok + report.failures.count(model::FailureClass::reset_before_answer),
              report.books.sent);
    EXPECT_EQ(report.books.ok, server.answers());
}

TEST(FaultLoad, WhatFollowsAnAnnouncedCloseInAPipelineIsAskedAgain) {
    FaultServer server(Behaviour::close_each_time);
    LoadSpec spec = quick_spec(server);
    spec.pipeline = 4;
    const LoadReport report = run(spec);
    server.stop();
    EXPECT_TRUE(report.books.balance());
    EXPECT_EQ(report.books.ok, server.answers());
    EXPECT_EQ(report.books.failed, 0U);
    EXPECT_GT(report.connections.asked_again.value_or(0), 0U);
}

TEST(FaultLoad, ARefusingServerIsNotAskedWithoutPause) {
    auto server = std::make_unique<FaultServer>(Behaviour::right);
    LoadSpec spec = quick_spec(*server);
    spec.duration = 1s;
    std::atomic<bool> ended{false};
    std::thread stopper([&] {
        while (server->answers() < 100 && !ended) {
            std::this_thread::yield();
        }
        server->stop();
    });
    const LoadReport report = run(spec);
    ended = true;
    stopper.join();
    EXPECT_TRUE(report.books.balance());
    EXPECT_GT(report.books.ok, 50U);
    EXPECT_GT(report.failures.count(model::FailureClass::connect_refused), 0U);
    // Backing off: 1, 2, 4 ... 256 ms, and on; four connections.
    EXPECT_LT(report.failures.count(model::FailureClass::connect_refused), 80U);
    EXPECT_THAT(report.failures.example(model::FailureClass::connect_refused),
                HasSubstr("Connection refused"));
}

TEST(FaultLoad, AConnectionWithRoomForMoreBacksOffAsWell) {
    FaultServer server(Behaviour::accept_then_reset);
    LoadSpec spec = quick_spec(server, kTimeout);
    model::OpenLoop open;
    open.rate = 2000;
    open.connections = 1;
    spec.model = open;
    spec.pipeline = 16;
    spec.duration = 1s;
    const LoadReport report = run(spec);
    server.stop();
    EXPECT_TRUE(report.books.balance());
    EXPECT_GT(report.books.failed, 50U);
    // 0, 0, 1, 2, 4 ... 256, 256 ms and so on, and the one that asked whether anybody is there.
    EXPECT_LT(server.connections(), 20U);
}

TEST(FaultLoad, ADeadServerIsGivenUp) {
    FaultServer server(Behaviour::silence);
    LoadSpec spec = quick_spec(server);
    spec.model = model::ClosedLoop{64};
    spec.timeout = 200ms;
    spec.duration = 60s;
    const LoadReport report = run(spec);
    EXPECT_TRUE(report.books.balance());
    ASSERT_TRUE(report.gave_up.has_value());
    EXPECT_THAT(*report.gave_up, HasSubstr("failed in a row"));
    EXPECT_FALSE(report.interrupted);
    EXPECT_LT(report.duration, 30s);
}

TEST(FaultLoad, OpenLoopKeepsItsBooksWithADeadServer) {
    FaultServer server(Behaviour::silence);
    LoadSpec spec = quick_spec(server);
    model::OpenLoop open;
    open.rate = 5000;
    open.connections = 8;
    spec.model = open;
    spec.timeout = 100ms;
    const LoadReport report = run(spec);
    EXPECT_TRUE(report.books.balance());
    EXPECT_EQ(report.books.planned, 1000U);
    EXPECT_EQ(report.books.ok, 0U);
    EXPECT_EQ(report.failures.count(model::FailureClass::timeout), report.books.failed);
    EXPECT_GT(report.books.failed, 0U);
}

}  // namespace
}  // namespace benchhost::load

// The engine against every way a server is known to misbehave, by a schedule, without keep-alive,
// pipelined and by users: each request is counted once, under its class, and as often as the server
// saw it. (The closed loop: tests/integration/load.)
#include "core/load/load.hpp"
#include "core/selftest/fault_server.hpp"
#include "tests/fixtures/sanitizer.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace benchhost::load {
namespace {

using selftest::Behaviour;
using selftest::FaultServer;
using selftest::Listen;
using namespace std::chrono_literals;

// Short for what never answers, and never reached by what does, but on a machine that hangs.
constexpr Nanoseconds kTimeout = 200ms;
constexpr Nanoseconds kAmple = 20s;

struct FaultRow {
    Behaviour behaviour;
    std::optional<model::FailureClass> failure;  ///< of every request; nothing: every one is right
    std::string example;                         ///< a part of what is shown
    bool reaches_server = true;                  ///< the server reads every request
};

const std::vector<FaultRow>& fault_rows() {
    static const std::vector<FaultRow> rows{
        {Behaviour::right, {}, ""},
        {Behaviour::accept_then_reset, model::FailureClass::reset_before_answer, "reset by peer",
         false},
        {Behaviour::reset_in_body, model::FailureClass::reset_in_answer, "reset by peer"},
        {Behaviour::short_body_then_fin, model::FailureClass::closed_early, "6 bytes of body"},
        {Behaviour::garbage_status, model::FailureClass::malformed_answer, "HELLO 200"},
        {Behaviour::endless_headers, model::FailureClass::malformed_answer, "larger than 64 KiB"},
        {Behaviour::endless_body, model::FailureClass::timeout, "bytes of body"},
        {Behaviour::wrong_body_same_length, model::FailureClass::bad_body, "Idmmn!Vnsme"},
        {Behaviour::wrong_length, model::FailureClass::bad_length, "11 bytes of body"},
        {Behaviour::extra_byte, model::FailureClass::malformed_answer,
         "after the end of the answer"},
        {Behaviour::status_503, model::FailureClass::bad_status, "status 503"},
        {Behaviour::silence, model::FailureClass::timeout, "no answer within 200"},
        {Behaviour::dribble, {}, ""},
        {Behaviour::chunk_split_each_byte, {}, ""},
        {Behaviour::chunked, {}, ""},
        {Behaviour::continue_100_first, {}, ""},
        {Behaviour::http10_close, {}, ""},
        {Behaviour::http10_keep_alive, {}, ""},
        {Behaviour::no_content_204, model::FailureClass::bad_status, "status 204"},
        {Behaviour::not_modified_304, model::FailureClass::bad_status, "status 304"},
        {Behaviour::close_each_time, {}, ""},
        {Behaviour::close_unannounced, {}, ""},
    };
    return rows;
}

LoadSpec spec_for(const FaultServer& server, std::optional<model::FailureClass> expected) {
    LoadSpec spec;
    spec.target = server.target();
    spec.expectation.body = std::string(FaultServer::kBody);
    spec.timeout = expected == model::FailureClass::timeout ? kTimeout : kAmple;
    return spec;
}

LoadReport run(const LoadSpec& spec) {
    const std::atomic<bool> stop{false};
    const auto start = std::chrono::steady_clock::now();
    const Result<LoadReport> report = run_load(spec, stop);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 60s) << "it hung";
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : LoadReport{};
}

// Every class by name and count, so that a wrong one is seen in the message.
std::string failures_of(const LoadReport& report) {
    std::string text;
    for (std::size_t i = 0; i < model::kFailureClasses; ++i) {
        const auto failure = static_cast<model::FailureClass>(i);
        if (report.failures.count(failure) != 0) {
            text += fmt::format("{} {}: {}; ", report.failures.count(failure), to_string(failure),
                                report.failures.example(failure));
        }
    }
    return text.empty() ? "none" : text;
}

void expect_consistent(const LoadReport& report) {
    EXPECT_TRUE(report.books.balance());
    EXPECT_EQ(report.books.failed, report.failures.total());
    EXPECT_EQ(report.response_time.count(), report.books.ok) << "failures are no latencies";
    EXPECT_EQ(report.service_time.count(), report.books.ok);
    EXPECT_EQ(report.failed_time.count(), report.books.failed);
    EXPECT_EQ(report.bytes.body, report.books.ok * FaultServer::kBody.size());
}

std::string row_name(const testing::TestParamInfo<FaultRow>& info) {
    return std::string(to_string(info.param.behaviour));
}

class LoadFaults : public testing::TestWithParam<FaultRow> {
  protected:
    void expect_all_of_one_kind(const LoadReport& report) {
        const FaultRow& row = GetParam();
        expect_consistent(report);
        EXPECT_EQ(report.books.unfinished, 0U);
        if (row.failure) {
            EXPECT_EQ(report.books.ok, 0U);
            EXPECT_EQ(report.failures.count(*row.failure), report.books.sent)
                << failures_of(report);
            EXPECT_THAT(report.failures.example(*row.failure), testing::HasSubstr(row.example));
        } else {
            EXPECT_EQ(report.books.ok, report.books.sent) << failures_of(report);
        }
    }
};

// With a schedule the number of requests is known beforehand.
TEST_P(LoadFaults, EveryPlannedRequestIsCountedUnderItsClass) {
    constexpr std::uint64_t kPlanned = 30;
    const FaultRow& row = GetParam();
    FaultServer server(row.behaviour);
    LoadSpec spec = spec_for(server, row.failure);
    model::OpenLoop model;
    model.rate = 200;
    // Each connection loses a whole timeout to a request, the drain is hardly longer than one.
    model.connections = row.failure == model::FailureClass::timeout ? kPlanned : 10;
    spec.model = model;
    spec.duration = 150ms;
    const LoadReport report = run(spec);
    server.stop();
    EXPECT_EQ(report.books.planned, kPlanned);
    EXPECT_EQ(report.books.sent, kPlanned);
    expect_all_of_one_kind(report);
    EXPECT_EQ(server.requests(), row.reaches_server ? kPlanned : 0U);
    // One more asked whether anybody is there. A connect that is reset at once has opened nothing.
    if (row.reaches_server) {
        EXPECT_EQ(server.connections(), report.connections.opened + 1);
    } else {
        EXPECT_GE(server.connections(), kPlanned + 1);
    }
}

INSTANTIATE_TEST_SUITE_P(Behaviours, LoadFaults, testing::ValuesIn(fault_rows()), row_name);

TEST(LoadFault, PipelinedAnswersAreToldApartHoweverTheyAreSplit) {
    for (const Behaviour behaviour :
         {Behaviour::right, Behaviour::dribble, Behaviour::chunk_split_each_byte,
          Behaviour::chunked, Behaviour::continue_100_first, Behaviour::http10_keep_alive}) {
        FaultServer server(behaviour);
        LoadSpec spec = spec_for(server, {});
        spec.model = model::ClosedLoop{2};
        spec.pipeline = 8;
        spec.duration = 50ms;
        const LoadReport report = run(spec);
        server.stop();
        expect_consistent(report);
        EXPECT_EQ(report.books.ok, report.books.sent)
            << to_string(behaviour) << ": " << failures_of(report);
        EXPECT_EQ(report.books.ok, server.answers()) << to_string(behaviour);
        EXPECT_EQ(report.connections.opened, 2U) << to_string(behaviour);
    }
}

TEST(LoadFault, PipelinedRequestsBehindAnAnnouncedCloseAreAskedAgain) {
    for (const Behaviour behaviour : {Behaviour::close_each_time, Behaviour::http10_close}) {
        FaultServer server(behaviour);
        LoadSpec spec = spec_for(server, {});
        spec.model = model::ClosedLoop{2};
        spec.pipeline = 4;
        spec.duration = 50ms;
        const LoadReport report = run(spec);
        server.stop();
        expect_consistent(report);
        EXPECT_EQ(report.books.ok, server.answers()) << to_string(behaviour);
        EXPECT_EQ(report.books.failed, 0U) << to_string(behaviour) << ": " << failures_of(report);
        EXPECT_GT(report.connections.asked_again.value_or(0), report.books.ok)
            << to_string(behaviour);
    }
}

TEST(LoadFault, WithoutKeepAliveEveryBehaviourIsCountedTheSame) {
    for (const FaultRow& row : fault_rows()) {
        FaultServer server(row.behaviour);
        LoadSpec spec = spec_for(server, row.failure);
        spec.model = model::ClosedLoop{2};
        spec.keep_alive = false;
        spec.duration = 30ms;
        const LoadReport report = run(spec);
        server.stop();
        expect_consistent(report);
        EXPECT_EQ(row.failure ? report.failures.count(*row.failure) : report.books.ok,
                  report.books.sent)
            << to_string(row.behaviour) << ": " << failures_of(report);
        EXPECT_EQ(server.requests(), row.reaches_server ? report.books.sent : 0U)
            << to_string(row.behaviour);
    }
}

TEST(LoadFault, UsersMeetTheSameClasses) {
    for (const Behaviour behaviour :
         {Behaviour::right, Behaviour::reset_in_body, Behaviour::status_503, Behaviour::silence}) {
        FaultServer server(behaviour);
        LoadSpec spec = spec_for(server, model::FailureClass::timeout);
        model::VirtualUsers model;
        model.users = 8;
        model.spawn_rate = 1000;
        model.think_time = {5ms, 15ms};
        spec.model = model;
        spec.duration = 100ms;
        const LoadReport report = run(spec);
        server.stop();
        EXPECT_TRUE(report.books.balance());
        EXPECT_EQ(report.books.unfinished, 0U);
        EXPECT_LE(report.books.sent, server.requests()) << "what users ask while they spawn is not "
                                                           "of the window";
        EXPECT_GT(server.requests(), 0U);
        EXPECT_EQ(report.books.ok == 0, behaviour != Behaviour::right) << to_string(behaviour);
    }
}

TEST(LoadFault, ReachesAMisbehavingUnixSocket) {
    FaultServer server(Behaviour::short_body_then_fin, std::string(FaultServer::kBody),
                       Listen::unix_socket);
    LoadSpec spec = spec_for(server, {});
    spec.model = model::ClosedLoop{2};
    spec.duration = 50ms;
    const LoadReport report = run(spec);
    server.stop();
    EXPECT_EQ(report.failures.count(model::FailureClass::closed_early), report.books.sent)
        << failures_of(report);
    EXPECT_EQ(server.requests(), report.books.sent);
}

TEST(LoadFault, AServerThatDiesInTheMiddleCostsOnlyWhatItDidNotAnswer) {
    FaultServer server(Behaviour::right);
    LoadSpec spec = spec_for(server, model::FailureClass::timeout);
    spec.model = model::ClosedLoop{4};
    spec.duration = 1s;
    std::atomic<bool> ended{false};
    std::thread killer([&] {
        while (server.answers() < 100 && !ended) {
            std::this_thread::yield();
        }
        server.stop();
    });
    const LoadReport report = run(spec);
    ended = true;
    killer.join();
    expect_consistent(report);
    EXPECT_GE(report.books.ok, 100U);
    EXPECT_LE(report.books.ok, server.answers() + 4) << "at most one a connection left uncounted";
    EXPECT_GE(report.books.ok + 4, server.answers()) << "at most one lost a connection";
    EXPECT_GT(report.failures.count(model::FailureClass::connect_refused), 0U)
        << failures_of(report);
    EXPECT_EQ(report.books.unfinished, 0U);
}

std::int64_t peak_memory_kib() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

// What is endless streams by: gigabytes a second of it.
TEST(LoadFault, NothingEndlessGrowsMemory) {
    if (fixtures::kUnderSanitizer) {
        GTEST_SKIP() << "a sanitizer's own memory grows";
    }
    constexpr std::int64_t kMostKib = 16 * 1024;
    constexpr std::uint64_t kEnough = 2 * kMostKib * 1024;
    for (const Behaviour behaviour :
         {Behaviour::right, Behaviour::endless_body, Behaviour::endless_headers}) {
        const std::int64_t before = peak_memory_kib();
        FaultServer server(behaviour);
        LoadSpec spec = spec_for(server, model::FailureClass::timeout);
        spec.timeout = 400ms;
        spec.model = model::ClosedLoop{8};
        spec.duration = 300ms;
        std::uint64_t received = 0;
        do {
            const LoadReport report = run(spec);
            EXPECT_TRUE(report.books.balance());
            received += report.bytes.received;
        } while (behaviour == Behaviour::endless_body && received < kEnough && !HasFailure());
        server.stop();
        EXPECT_LT(peak_memory_kib() - before, kMostKib) << to_string(behaviour);
    }
}

}  // namespace
}  // namespace benchhost::load

// The engine against real servers on loopback.
#include "core/http/socket_address.hpp"
#include "core/load/ceiling.hpp"
#include "core/load/load.hpp"
#include "core/load/merge.hpp"
#include "core/servers/null_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class RunLoad : public ::testing::Test {
  protected:
    void serve(Result<servers::Listener> listener, const std::string& body = "Hello World!") {
        ASSERT_TRUE(listener.has_value()) << listener.error().message;
        auto started =
            servers::NullServer::start(std::move(*listener), {servers::canned_answer(body), {}});
        ASSERT_TRUE(started.has_value());
        server = std::move(*started);
        spec.target = server->target();
        spec.expectation.body = body;
    }
    LoadReport run() {
        auto report = run_load(spec, stop, observer);
        EXPECT_TRUE(report.has_value()) << report.error().message;
        return report ? *report : LoadReport{};
    }
    void expect_all_right(const LoadReport& report) {
        EXPECT_TRUE(report.books.balance());
        EXPECT_GT(report.books.ok, 0U);
        EXPECT_EQ(report.books.failed, 0U);
        EXPECT_EQ(report.books.unfinished, 0U);
        EXPECT_EQ(report.response_time.count(), report.books.ok);
        EXPECT_EQ(report.service_time.count(), report.books.ok);
        EXPECT_EQ(report.send_lag.count(), report.books.ok);
        EXPECT_EQ(report.bytes.body, report.books.ok * spec.expectation.body->size());
    }

    /// Never more, and less only while this thread had to wait for a processor.
    static void expect_in_flight(const LoadReport& report, double most) {
        EXPECT_LT(report.mean_in_flight, most * 1.0001);
        EXPECT_GT(report.mean_in_flight, most * 0.7);
    }

    std::unique_ptr<servers::NullServer> server;
    LoadSpec spec = [] {
        LoadSpec quick;
        quick.duration = 300ms;
        quick.warmup = 50ms;
        quick.timeout = 20s;
        quick.model = model::ClosedLoop{8};
        return quick;
    }();
    std::atomic<bool> stop{false};
    ProgressObserver* observer = nullptr;
};

/// Opens once `parts` loads wait at it.
class CommonGate : public StartGate {
  public:
    explicit CommonGate(int parts) : parts_(parts) {}
    std::optional<std::chrono::steady_clock::time_point> wait() override {
        std::unique_lock lock(mutex_);
        if (++waiting_ == parts_) {
            start_ = std::chrono::steady_clock::now() + 5ms;
            all_here_.notify_all();
        }
        all_here_.wait_for(lock, 60s, [&] { return start_.has_value(); });
        return start_;
    }

  private:
    int parts_;
    int waiting_ = 0;
    std::mutex mutex_;
    std::condition_variable all_here_;
    std::optional<std::chrono::steady_clock::time_point> start_;
};

TEST_F(RunLoad, PartsThatBeginTogetherAreTheWholeLoad) {
    serve(servers::listen_tcp("127.0.0.1"));
    model::OpenLoop model;
    model.rate = 2000;
    model.connections = 9;
    spec.model = model;
    const auto alone = run();
    CommonGate gate(2);
    std::vector<LoadReport> parts(2);
    spec.all_threads = 2;
    {
        std::vector<std::jthread> processes;
        for (std::uint32_t i = 0; i < 2; ++i) {
            processes.emplace_back([&, part = spec, i]() mutable {
                part.first_thread = i;
                parts[i] = run_load(part, stop, nullptr, &gate).value();
            });
        }
    }
    EXPECT_EQ(parts[0].window_start, parts[1].window_start);
    EXPECT_EQ(parts[0].connections.opened + parts[1].connections.opened, 9U);
    const auto whole = merge_reports(parts);
    expect_all_right(whole);
    EXPECT_EQ(whole.books.planned, alone.books.planned);
    EXPECT_EQ(whole.offered_ceiling, alone.offered_ceiling);
}

TEST_F(RunLoad, ALoadThatIsCalledOffAtTheGateMeasuresNothing) {
    class Closed : public StartGate {
        std::optional<std::chrono::steady_clock::time_point> wait() override {
            return std::nullopt;
        }
    } gate;
    serve(servers::listen_tcp("127.0.0.1"));
    const auto report = run_load(spec, stop, nullptr, &gate);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->books.planned, 0U);
    EXPECT_EQ(report->duration, 0ns);
}

TEST_F(RunLoad, ClosedLoopKeepsEveryConnectionBusy) {
    serve(servers::listen_tcp("127.0.0.1"));
    const LoadReport report = run();
    expect_all_right(report);
    EXPECT_EQ(report.connections.opened, 8U);
    expect_in_flight(report, 8);
    EXPECT_EQ(report.duration, 300ms);
    EXPECT_GT(report.client.cpu, 0ns);
    EXPECT_GT(report.client.max_thread_utilisation, 0);
    EXPECT_LE(report.client.max_thread_utilisation, 1.2);
    EXPECT_LE(report.books.sent, server->requests());
    ASSERT_TRUE(report.round_trip && report.link_ceiling);
    EXPECT_LE(*report.round_trip, report.service_time.min());
    EXPECT_DOUBLE_EQ(*report.link_ceiling, 8 / to_seconds(*report.round_trip));
}

TEST_F(RunLoad, SeveralThreadsShareTheConnections) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.threads = 3;
    spec.model = model::ClosedLoop{7};
    const LoadReport report = run();
    expect_all_right(report);
    EXPECT_EQ(report.connections.opened, 7U);
    expect_in_flight(report, 7);
}

TEST_F(RunLoad, MoreThreadsThanConnectionsAreNotStarted) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.threads = 4;
    spec.model = model::ClosedLoop{1};
    expect_all_right(run());
}

TEST_F(RunLoad, ReachesIpv6) {
    auto listener = servers::listen_tcp("::1");
    if (!listener) {
        GTEST_SKIP() << "no IPv6 here: " << listener.error().message;
    }
    serve(std::move(listener));
    expect_all_right(run());
}

TEST_F(RunLoad, ReachesUnixSockets) {
    const auto path =
        std::filesystem::temp_directory_path() / fmt::format("benchhost-test-{}.sock", ::getpid());
    std::filesystem::remove(path);
    serve(servers::listen_unix(path.string()));
    const LoadReport report = run();
    expect_all_right(report);
    EXPECT_FALSE(report.round_trip);
    EXPECT_FALSE(report.link_ceiling);
    std::filesystem::remove(path);
}

TEST_F(RunLoad, PipelinedRequestsAreEachCountedAndChecked) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.pipeline = 16;
    const LoadReport report = run();
    expect_all_right(report);
    expect_in_flight(report, 8 * 16);
    EXPECT_EQ(report.connections.opened, 8U);
}

TEST_F(RunLoad, PipeliningSurvivesFullSocketBuffers) {
    serve(servers::listen_tcp("127.0.0.1"), std::string(100'000, 'x'));
    spec.pipeline = 64;
    spec.model = model::ClosedLoop{2};
    spec.target.path = "/" + std::string(60'000, 'p');
    expect_all_right(run());
}

TEST_F(RunLoad, LargeBodiesAreComparedWhole) {
    std::string body(300'000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) {
        body[i] = static_cast<char>(i * 31 % 251);
    }
    serve(servers::listen_tcp("127.0.0.1"), body);
    expect_all_right(run());
    body.back() = static_cast<char>(body.back() + 1);
    spec.expectation.body = body;
    const LoadReport wrong = run();
    EXPECT_EQ(wrong.books.ok, 0U);
    EXPECT_EQ(wrong.failures.count(model::FailureClass::bad_body), wrong.books.sent);
}

TEST_F(RunLoad, WithoutKeepAliveEachRequestHasItsOwnConnection) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.keep_alive = false;
    const LoadReport report = run();
    expect_all_right(report);
    EXPECT_EQ(report.connections.reused_requests, 0U);
    EXPECT_GE(report.connections.opened, report.books.sent);
}

TEST_F(RunLoad, WrongAnswersAreCountedUnderTheirClassWithAnExample) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.expectation.body = "Hello Wurld!";
    LoadReport report = run();
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_body), report.books.sent);
    EXPECT_THAT(report.failures.example(model::FailureClass::bad_body), HasSubstr("Hello World!"));
    EXPECT_TRUE(report.response_time.empty());
    EXPECT_EQ(report.failed_time.count(), report.books.failed);

    spec.expectation.body = "Hello World! ";
    report = run();
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_length), report.books.sent);

    spec.expectation.status = 204;
    report = run();
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_status), report.books.sent);
    EXPECT_THAT(report.failures.example(model::FailureClass::bad_status), HasSubstr("status 200"));
}

TEST_F(RunLoad, VerifyLooksNoCloserThanAsked) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.expectation.verify = model::Verify::length;
    spec.expectation.body = "Hello Wurld!";
    EXPECT_EQ(run().books.failed, 0U);
    spec.expectation.verify = model::Verify::status;
    spec.expectation.body = "something else";
    EXPECT_EQ(run().books.failed, 0U);
    spec.expectation = {};
    EXPECT_EQ(run().books.failed, 0U);
}

TEST_F(RunLoad, NothingListeningIsAnErrorInWords) {
    {
        auto listener = servers::listen_tcp("127.0.0.1");
        ASSERT_TRUE(listener.has_value());
        spec.target = listener->target;
    }
    const auto report = run_load(spec, stop);
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::server);
    EXPECT_THAT(report.error().message, HasSubstr("Connection refused"));
}

TEST_F(RunLoad, SecondsOfTheSeriesAddUpToTheWindow) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.duration = 1200ms;
    const LoadReport report = run();
    ASSERT_EQ(report.series.size(), 2U);
    EXPECT_GT(report.series[0].ok, report.series[1].ok);
    // What was in flight at either end is all that may differ.
    const auto sum = static_cast<double>(report.series[0].ok + report.series[1].ok);
    EXPECT_NEAR(sum, static_cast<double>(report.books.ok), 8);
    EXPECT_TRUE(report.series[0].p50.has_value());
}

class CountingObserver final : public ProgressObserver {
  public:
    explicit CountingObserver(std::atomic<bool>& stop) : stop_(stop) {}
    void on_progress(const Progress& progress) override {
        ++seen;
        last = progress;
        if (progress.phase == Progress::Phase::measure && progress.rate > 0) {
            stop_.store(true);
        }
    }
    int seen = 0;
    Progress last;

  private:
    std::atomic<bool>& stop_;
};

TEST_F(RunLoad, StopEndsEarlyWithWhatWasMeasured) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.duration = 60s;
    CountingObserver counting(stop);
    observer = &counting;
    const LoadReport report = run();
    EXPECT_TRUE(report.interrupted);
    EXPECT_LT(report.duration, 30s);
    EXPECT_GT(report.duration, 0s);
    expect_all_right(report);
    EXPECT_GE(counting.seen, 1);
    EXPECT_GT(counting.last.p99.value_or(0ns), 0ns);
}

TEST_F(RunLoad, StopBeforeTheStartMeasuresNothing) {
    serve(servers::listen_tcp("127.0.0.1"));
    stop.store(true);
    const LoadReport report = run();
    EXPECT_TRUE(report.interrupted);
    EXPECT_TRUE(report.books.balance());
}

TEST_F(RunLoad, PinnedThreadsRunWhereTheyWereSentAndAWrongCpuIsAnError) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.cpus = {0};
    expect_all_right(run());
    spec.cpus = {1023};
    const auto report = run_load(spec, stop);
    ASSERT_FALSE(report.has_value());
    EXPECT_THAT(report.error().message, HasSubstr("cpu 1023"));
}

TEST_F(RunLoad, ItsCeilingIsAboveWhatItReachesOnASlowerServer) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.model = model::ClosedLoop{1};  // most of the time goes by on the way there and back
    const auto report = run();
    const double reached = static_cast<double>(report.books.ok) / to_seconds(report.duration);
    spec.model = model::ClosedLoop{64};
    const auto ceiling = generator_ceiling(spec, std::nullopt, stop);
    ASSERT_TRUE(ceiling.has_value()) << ceiling.error().message;
    ASSERT_TRUE(ceiling->has_value());
    EXPECT_GT(**ceiling, reached);
}

TEST_F(RunLoad, ItsCeilingIsUnknownWithoutKeepAlive) {
    serve(servers::listen_tcp("127.0.0.1"));
    spec.keep_alive = false;
    const auto ceiling = generator_ceiling(spec, std::nullopt, stop);
    ASSERT_TRUE(ceiling.has_value()) << ceiling.error().message;
    EXPECT_FALSE(ceiling->has_value());
}

TEST(CeilingKey, TellsLoadsApartThatTheGeneratorIsNotEquallyFastWith) {
    LoadSpec spec;
    spec.expectation.body = "Hello World!";
    spec.model = model::ClosedLoop{64};
    const auto key = ceiling_key(spec);
    const auto changed = [&](auto change) {
        LoadSpec other = spec;
        change(other);
        return ceiling_key(other);
    };
    EXPECT_NE(changed([](auto& other) { other.pipeline = 16; }), key);
    EXPECT_NE(changed([](auto& other) { other.keep_alive = false; }), key);
    EXPECT_NE(changed([](auto& other) { other.model = model::ClosedLoop{8}; }), key);
    EXPECT_NE(changed([](auto& other) { other.expectation.verify = model::Verify::status; }), key);
    EXPECT_EQ(changed([](auto& other) { other.duration = 1s; }), key);
}

// Its queue is full, so that a connect is neither refused nor done.
TEST(CheckListening, ASignalIsNoAnswer) {
    const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    http::Target target;
    target.address = "127.0.0.1";
    http::SocketAddress address = http::address_of(target).value();
    ASSERT_EQ(::bind(listener.get(), address.get(), address.size), 0);
    ASSERT_EQ(::listen(listener.get(), 0), 0);
    ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.size);
    const UniqueFd waiting = http::open_stream(address, nullptr);
    (void)::connect(waiting.get(), address.get(), address.size);
    ASSERT_TRUE(http::wait_for(waiting.get(), POLLOUT, Clock::now() + 10s));

    struct sigaction wake {};
    wake.sa_handler = [](int) {};
    ASSERT_EQ(::sigaction(SIGUSR1, &wake, nullptr), 0);
    std::atomic<bool> ended{false};
    Status status;
    std::thread asking([&] {
        status = http::check_listening(address, target, 300ms);
        ended = true;
    });
    while (!ended) {
        ::pthread_kill(asking.native_handle(), SIGUSR1);
        std::this_thread::yield();
    }
    asking.join();
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, HasSubstr("timed out"));
}

}  // namespace
}  // namespace benchhost::load

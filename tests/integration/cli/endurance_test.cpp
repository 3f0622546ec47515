// What only many trials show: what others spoilt is run again, and a long suite needs no more
// memory than a short one.
#include "core/results/results.hpp"
#include "core/servers/listener.hpp"
#include "core/servers/null_server.hpp"
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/sanitizer.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using benchhost::fixtures::Command;
using benchhost::fixtures::copy_programs;
using benchhost::fixtures::read_text;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;

class Endurance : public ::testing::Test {
  protected:
    std::vector<std::string> begin() const {
        return {benchhost_, "--config",     directory_ / "suite.ini", "--out",
                out(),      "--plugin-dir", directory_ / "plugins"};
    }
    std::string out() const { return directory_ / "out"; }
    benchhost::results::ResultSet results() const {
        auto read = benchhost::results::read_results(out() + "/results.json");
        EXPECT_TRUE(read) << (read ? "" : read.error().message);
        return read ? *read : benchhost::results::ResultSet{};
    }

    TemporaryDirectory directory_;
    const std::string benchhost_ = copy_programs(directory_.path());
};

std::size_t number_of_good(const std::vector<benchhost::results::Trial>& trials) {
    return static_cast<std::size_t>(std::count_if(
        trials.begin(), trials.end(),
        [](const auto& trial) { return trial.outcome == benchhost::model::Outcome::ok; }));
}

TEST_F(Endurance, ATrialThatOthersSpoiltIsRunAgainAndEveryAttemptIsKept) {
    if (std::thread::hardware_concurrency() < 2) {
        GTEST_SKIP() << "server and generator share the only processor: nothing is run again";
    }
    fs::create_directories(directory_ / "plugins");
    fs::copy(BENCHHOST_FIXTURE_PLUGINS "/good.so", directory_ / "plugins/good.so");
    write_text(directory_ / "suite.ini",
               "[suite]\nname = spoilt\nservers = good\nrepeats = 1\nretries = 1\n[profile.text]\n"
               "route = text\nload = closed\nconnections = 4\nduration = 1s\nwarmup = 0\n"
               "timeout = 10s\n");
    std::atomic<bool> stop{false};
    std::vector<std::jthread> others(std::thread::hardware_concurrency());
    for (auto& other : others) {
        other = std::jthread([&stop] {
            while (!stop) {
            }
        });
    }
    const auto run = run_command(begin(), 240s);
    stop = true;
    EXPECT_EQ(run.exit_code, 0) << run.err;
    // Where the hypervisor took time as well, that is told first.
    EXPECT_THAT(run.err, ::testing::ContainsRegex(
                             "is run again: (other processes used|the hypervisor took)"));
    const auto trials = results().trials;
    ASSERT_EQ(trials.size(), 2U) << run.err;
    EXPECT_TRUE(trials[0].superseded);
    EXPECT_FALSE(trials[1].superseded);
    for (const auto& trial : trials) {
        EXPECT_EQ(trial.verdict, benchhost::model::Verdict::machine_bound);
        ASSERT_TRUE(trial.machine);
        EXPECT_GT(trial.machine->others.value_or(0), 0.1);
        EXPECT_GE(trial.calm_s.value_or(0), 1.0) << "the machine was not calm";
    }
}

// The most that was ever resident, in KiB: at any moment it depends on how far a trial has come.
std::uint64_t most_resident_kib(pid_t pid) {
    const auto status = read_text(fmt::format("/proc/{}/status", pid));
    const auto at = status.find("VmHWM:");
    return at == std::string::npos ? 0 : std::strtoull(status.c_str() + at + 6, nullptr, 10);
}

// A thousand fresh processes would take minutes, and their memory is not benchhost's: the trials
// run against one server that is already there, everything else of them is real. What is kept of a
// trial is counted by the tests of the suite; here nothing may be kept back by the allocator
// either.
TEST_F(Endurance, MemoryIsFlatOverAThousandTrials) {
    if (benchhost::fixtures::kUnderSanitizer) {
        GTEST_SKIP() << "a sanitizer keeps freed memory for its reports";
    }
    benchhost::servers::NullServer::Options options;
    options.answer =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n"
        "Hello World!";
    auto listener = benchhost::servers::listen_tcp("127.0.0.1");
    ASSERT_TRUE(listener) << listener.error().message;
    const auto server = benchhost::servers::NullServer::start(std::move(*listener), options);
    ASSERT_TRUE(server) << server.error().message;
    write_text(directory_ / "suite.ini",
               fmt::format("[suite]\nname = long\nservers = null\nrepeats = 1000\nretries = 0\n"
                           "calm = 0\n"
                           "[profile.text]\nroute = text\nload = closed\nconnections = 4\n"
                           "duration = 5ms\nwarmup = 0\n[server.null]\nurl = http://127.0.0.1:{}\n",
                           (*server)->target().port));
    Command run({benchhost_, "--config", directory_ / "suite.ini", "--out", out()});
    ASSERT_TRUE(run.wait_for_output("[300/1000]", 400s));
    const auto early = most_resident_kib(run.pid());
    ASSERT_TRUE(run.wait_for_output("[990/1000]", 400s));
    const auto late = most_resident_kib(run.pid());
    const auto ended = run.wait(400s);
    // A busy machine may take away a window of 5 ms whole, which fails that trial.
    EXPECT_LE(ended.exit_code, 1) << ended.err;
    const auto trials = results().trials;
    EXPECT_EQ(trials.size(), 1000U);
    EXPECT_GE(number_of_good(trials), 100U);
    ASSERT_GT(early, 0U);
    ASSERT_GT(late, 0U);
    fmt::print("most resident until trial 300: {} KiB, until trial 990: {} KiB\n", early, late);
    EXPECT_LE(late, early + 512);
}

}  // namespace

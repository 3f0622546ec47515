// Whenever a process is stopped for a while, as by Ctrl-Z, docker pause or a debugger: no row
// passes the time off as the server's. A request that was under way took as long as the stop at
// least, which tells whether a window was hit. So often with BENCHHOST_KILLS=100.
#include "core/machine/proc_file.hpp"
#include "core/machine/process_tree.hpp"
#include "tests/integration/kills/small_suite.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <thread>
#include <utility>

namespace benchhost::kills {
namespace {

using namespace std::chrono_literals;
using fixtures::Command;
using results::Trial;
using std::chrono::milliseconds;

constexpr auto kFrozenWindow = 1s;
constexpr auto kLeastStop = 300ms;
constexpr auto kMostStop = 3000ms;

enum class Whom { generator, everything, server, supervisor };

constexpr const char* name_of(Whom whom) {
    constexpr const char* kNames[] = {"generator", "everything", "server", "supervisor"};
    return kNames[static_cast<int>(whom)];
}

/// What is stopped while this lives.
class Stopped {
  public:
    explicit Stopped(std::vector<pid_t> pids) : pids_(std::move(pids)) {
        for (const pid_t pid : pids_) {
            ::kill(pid, SIGSTOP);
        }
    }
    ~Stopped() {
        for (const pid_t pid : pids_) {
            ::kill(pid, SIGCONT);
        }
    }
    Stopped(const Stopped&) = delete;
    Stopped& operator=(const Stopped&) = delete;

  private:
    std::vector<pid_t> pids_;
};

bool is_running(pid_t child) {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
}

bool is_child_of(pid_t pid, pid_t parent) {
    const auto stat = machine::read_stat(pid);
    return stat && stat->parent == parent;
}

/// Of the benchhost `pid`; none while there are none.
std::vector<pid_t> processes_of(Whom whom, pid_t pid) {
    if (whom == Whom::generator) {
        return {pid};
    }
    const auto below = machine::descendants(pid);
    std::vector<pid_t> found;
    if (whom == Whom::everything) {
        found.push_back(pid);
    }
    std::copy_if(below.begin(), below.end(), std::back_inserter(found), [&](pid_t each) {
        return whom == Whom::everything || (whom == Whom::supervisor) == is_child_of(each, pid);
    });
    return found;
}

/// Where the generator itself was stopped, what came meanwhile is no timeout; a server that was
/// stopped did not answer in time.
milliseconds timeout_for(Whom whom) {
    return whom == Whom::generator || whom == Whom::everything ? 500ms : 10'000ms;
}

/// Others kept the server from a processor for about as long as its clients wait, or had most of
/// them, so that the kernel itself may have had no time to deliver what was sent; nothing but that
/// failed.
bool was_starved(const Trial& trial, milliseconds timeout) {
    constexpr double kAbout = 0.8;
    constexpr double kMost = 0.5;
    const auto is_late = [](const auto& failed) {
        return failed.empty() || (failed.size() == 1 && failed.begin()->first == "timeout");
    };
    return trial.verdict == model::Verdict::machine_bound && is_late(trial.requests->failed) &&
           is_late(trial.ended->failed) && trial.server_usage && trial.machine &&
           (trial.machine->others.value_or(0) > kMost ||
            trial.server_usage->run_delay_s.value_or(0) >= kAbout * to_seconds(timeout));
}

/// Nothing when the row is true.
std::optional<std::string> why_false(const Trial& trial, milliseconds timeout) {
    if (const auto why = why_wrong(trial)) {
        if (trial.outcome == model::Outcome::ok && was_starved(trial, timeout)) {
            return std::nullopt;
        }
        const auto& usage = trial.server_usage;
        return fmt::format("{} ({}; the server waited {:.3f} s for a processor)", *why,
                           trial.verdict_why.value_or(""),
                           usage ? usage->run_delay_s.value_or(0) : 0);
    }
    constexpr auto kSurelyStopped = kLeastStop - 50ms;
    if (!says_disturbed(trial) && trial.response_time_ms &&
        trial.response_time_ms->max >= static_cast<double>(kSurelyStopped.count())) {
        return fmt::format("{} ({}), and a request took {:.0f} ms", to_string(*trial.verdict),
                           trial.verdict_why.value_or(""), trial.response_time_ms->max);
    }
    return std::nullopt;
}

/// Of all suites that were measured.
struct Seen {
    unsigned stops = 0;
    unsigned rows = 0;
    unsigned disturbed = 0;
};

void stop_now_and_then(const Command& run, Whom whom, std::mt19937& random, unsigned asked,
                       Seen& seen) {
    while (is_running(run.pid()) && seen.stops < asked) {
        std::this_thread::sleep_for(draw(random, 50ms, 1500ms));
        auto pids = processes_of(whom, run.pid());
        if (!pids.empty() && is_running(run.pid())) {
            const Stopped stopped(std::move(pids));
            std::this_thread::sleep_for(draw(random, kLeastStop, kMostStop));
            ++seen.stops;
        }
    }
}

void measure_and_stop(Whom whom, std::mt19937& random, unsigned asked, Seen& seen) {
    SCOPED_TRACE(name_of(whom));
    const SmallSuite suite(kFrozenWindow, timeout_for(whom), 2);
    Command run(suite.begin());
    stop_now_and_then(run, whom, random, asked, seen);
    const auto ended = run.wait(300s);
    ASSERT_LE(ended.exit_code, 1) << ended.err;
    EXPECT_TRUE(suite.nothing_runs());
    const auto measured = suite.measured();
    SmallSuite::expect_each_trial_once(measured);
    for (const Trial& trial : measured.trials) {
        ++seen.rows;
        seen.disturbed += says_disturbed(trial) ? 1U : 0U;
        EXPECT_EQ(why_false(trial, timeout_for(whom)).value_or(""), "") << results::to_json(trial);
    }
}

TEST(Freezes, NoRowTakesTheTimeForTheServers) {
    const unsigned asked = times_asked();
    const unsigned seed = seed_asked();
    SCOPED_TRACE(fmt::format("BENCHHOST_KILLS={} BENCHHOST_TEST_SEED={}", asked, seed));
    std::mt19937 random(seed);
    std::discrete_distribution<int> drawn({4, 2, 2, 1});
    Seen seen;
    while (seen.stops < asked && !HasFailure()) {
        measure_and_stop(static_cast<Whom>(drawn(random)), random, asked, seen);
    }
    fmt::print("{} stops; {} of {} rows say that they were disturbed\n", seen.stops, seen.disturbed,
               seen.rows);
    constexpr unsigned kEnough = 20;
    if (asked >= kEnough) {
        EXPECT_GT(seen.disturbed, 0U) << "no window was hit";
    }
}

}  // namespace
}  // namespace benchhost::kills

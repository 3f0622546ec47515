// Whenever benchhost is killed: nothing goes on running, nothing measured is lost or measured
// twice, and nothing is left behind. So often with BENCHHOST_KILLS=100; the moments are those of
// BENCHHOST_TEST_SEED, which is told.
#include "core/machine/group_location.hpp"
#include "core/machine/process_tree.hpp"
#include "core/process/group_division.hpp"
#include "tests/integration/kills/small_suite.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <thread>

namespace benchhost::kills {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using fixtures::Command;
using fixtures::CommandResult;
using std::chrono::milliseconds;

constexpr auto kKilledWindow = 500ms;
constexpr auto kKilledTimeout = 10s;

/// Much more on a busy machine, or under a sanitizer.
milliseconds time_to_first_trial() {
    const SmallSuite suite(kKilledWindow, kKilledTimeout, 0);
    const auto start = std::chrono::steady_clock::now();
    Command run(suite.begin());
    EXPECT_TRUE(run.wait_for_output("[1/", 60s));
    const auto took = std::chrono::steady_clock::now() - start;
    run.signal(SIGKILL);
    run.wait(60s);
    EXPECT_TRUE(suite.nothing_runs());
    return std::chrono::duration_cast<milliseconds>(took);
}

/// Of what were supervisors.
std::vector<std::string> groups_left_by(const std::vector<pid_t>& pids) {
    std::vector<std::string> left;
    for (const auto* controller : {"memory", "pids"}) {
        const auto own = machine::locate_own_group(controller);
        for (const pid_t pid : own ? pids : std::vector<pid_t>()) {
            for (const auto& name : {process::group_name(pid), process::leaf_name(pid)}) {
                std::error_code error;
                if (fs::exists(own->group / name, error)) {
                    left.push_back(name);
                }
            }
        }
    }
    return left;
}

/// A benchhost that begins the suite, or goes on with it, until it is killed or done.
CommandResult run_for(const SmallSuite& suite, milliseconds time) {
    Command run(suite.has_begun() ? suite.resume() : suite.begin());
    std::this_thread::sleep_for(time);
    const auto below = machine::descendants(run.pid());
    run.signal(SIGKILL);
    auto ended = run.wait(60s);
    EXPECT_TRUE(suite.nothing_runs());
    EXPECT_EQ(groups_left_by(below), std::vector<std::string>());
    return ended;
}

void expect_whole(const SmallSuite& suite) {
    const auto measured = suite.measured();
    SmallSuite::expect_each_trial_once(measured);
    for (const auto& trial : measured.trials) {
        EXPECT_EQ(why_wrong(trial).value_or(""), "") << trial.server << " " << trial.profile;
    }
    EXPECT_EQ(suite.unfinished_files(), std::vector<std::string>());
    EXPECT_FALSE(fs::exists(suite.out() + "/work"));
}

TEST(Kills, AtRandomMomentsLoseNothing) {
    const unsigned asked = times_asked();
    const unsigned seed = seed_asked();
    SCOPED_TRACE(fmt::format("BENCHHOST_KILLS={} BENCHHOST_TEST_SEED={}", asked, seed));
    std::mt19937 random(seed);
    const auto most = 2 * time_to_first_trial();
    unsigned kills = 0;
    unsigned suites = 0;
    while (kills < asked && !HasFailure()) {
        const SmallSuite suite(kKilledWindow, kKilledTimeout, 0);
        ++suites;
        CommandResult ended;
        do {
            if (kills == asked) {
                ended =
                    fixtures::run_command(suite.has_begun() ? suite.resume() : suite.begin(), 300s);
            } else {
                ended = run_for(suite, draw(random, 1ms, most));
                kills += ended.exit_code == 128 + SIGKILL ? 1U : 0U;
            }
        } while (ended.exit_code == 128 + SIGKILL && !HasFailure());
        ASSERT_LE(ended.exit_code, 1) << "after " << kills << " kills: " << ended.err;
        expect_whole(suite);
    }
    fmt::print("{} kills, {} suites were whole all the same\n", kills, suites);
}

}  // namespace
}  // namespace benchhost::kills

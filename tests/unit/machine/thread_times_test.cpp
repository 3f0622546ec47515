#include "core/machine/thread_times.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>
#include <vector>

namespace benchhost::machine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

ThreadTimes times(std::vector<std::pair<const char*, Nanoseconds>> threads) {
    ThreadTimes all;
    for (const auto& [name, ran] : threads) {
        all[static_cast<pid_t>(all.size())] = {name, ran};
    }
    return all;
}

TEST(ThreadWork, IsThatOfTheThreadsThatWorked) {
    const auto begin = times({{"server", seconds(5)},
                              {"server", seconds(1)},
                              {"server", seconds(1)},
                              {"server", seconds(2)},
                              {"collector", seconds(3)}});
    auto end = times({{"server", seconds(5) + milliseconds(50)},  // looks after the others
                      {"server", seconds(1) + milliseconds(900)},
                      {"server", seconds(1) + milliseconds(300)},
                      {"server", seconds(2) + milliseconds(600)},
                      {"collector", seconds(3) + milliseconds(200)},
                      {"server", seconds(1)}});  // began meanwhile
    auto work = work_between(begin, end, seconds(1));
    ASSERT_TRUE(work);
    EXPECT_EQ(work->threads, 3U);
    EXPECT_DOUBLE_EQ(work->least, 0.3);
    EXPECT_DOUBLE_EQ(work->most, 0.9);
    end.erase(2);  // ended meanwhile
    work = work_between(begin, end, seconds(1));
    ASSERT_TRUE(work);
    EXPECT_DOUBLE_EQ(work->least, 0.6);
}

TEST(ThreadWork, IsNotTakenOfThoseThatDoSomethingElseOrNothing) {
    const auto begin = times({{"node", {}}, {"worker", {}}, {"worker", {}}});
    EXPECT_FALSE(work_between(
        begin, times({{"node", seconds(1)}, {"worker", milliseconds(300)}, {"worker", {}}}),
        seconds(1)));
    EXPECT_FALSE(work_between(
        begin, times({{"node", {}}, {"worker", milliseconds(40)}, {"worker", milliseconds(9)}}),
        seconds(1)));
    EXPECT_FALSE(work_between({}, {}, seconds(1)));
    EXPECT_FALSE(work_between(begin, begin, seconds(0)));
}

TEST(ThreadTimes, KnowTheThreadThatReadsThem) {
    const auto before = read_thread_times(::getpid());
    if (before.empty()) {
        GTEST_SKIP() << "this kernel does not tell how long a thread ran (no schedstat)";
    }
    const auto until = std::chrono::steady_clock::now() + seconds(30);
    auto now = before;
    while (now.at(::getpid()).ran <= before.at(::getpid()).ran &&
           std::chrono::steady_clock::now() < until) {
        now = read_thread_times(::getpid());
    }
    EXPECT_GT(now.at(::getpid()).ran, before.at(::getpid()).ran);
}

TEST(ThreadTimes, KnowWhoSleeps) {
    const auto before = read_thread_times(::getpid(), true);
    if (before.empty()) {
        GTEST_SKIP() << "this kernel does not tell how long a thread ran (no schedstat)";
    }
    EXPECT_FALSE(read_thread_times(::getpid()).at(::getpid()).sleeps) << "nobody asked";
    std::this_thread::sleep_for(milliseconds(1));
    const auto now = read_thread_times(::getpid(), true).at(::getpid());
    ASSERT_TRUE(now.sleeps);
    EXPECT_GT(*now.sleeps, *before.at(::getpid()).sleeps);
    EXPECT_TRUE(now.awake) << "it is who looks";
}

TEST(ThreadSpells, AreOfThreadsInBothLooks) {
    const auto awake = [](seconds ran, seconds waited, std::uint64_t sleeps) {
        return ThreadTime{"", ran, waited, sleeps, true};
    };
    const auto asleep = ThreadTime{"", seconds(1), seconds(2), 7, false};
    const auto unknown = ThreadTime{"", seconds(1), seconds(2)};
    const ThreadTimes begin = {{1, awake(seconds(1), seconds(2), 7)},
                               {2, awake(seconds(1), seconds(2), 7)},
                               {3, asleep},
                               {4, unknown}};
    const ThreadTimes end = {{1, awake(seconds(2), seconds(5), 7)},
                             {2, awake(seconds(2), seconds(5), 8)},
                             {3, awake(seconds(2), seconds(5), 7)},
                             {4, unknown},
                             {5, awake(seconds(9), seconds(9), 0)}};
    const auto spells = spells_between(begin, end);
    ASSERT_EQ(spells.size(), 4U);
    EXPECT_EQ(spells[0].ran, seconds(1));
    EXPECT_EQ(spells[0].waited, seconds(3));
    EXPECT_TRUE(spells[0].never_slept);
    EXPECT_TRUE(spells[0].awake_at_end);
    EXPECT_FALSE(spells[1].never_slept) << "it went to sleep in between";
    EXPECT_FALSE(spells[2].never_slept) << "it slept at first";
    EXPECT_FALSE(spells[3].never_slept) << "it is not known, so nothing is held against it";
}

/// Two programs on one processor, of which one gets hardly any of it.
class Starved {
  public:
    Starved() : rich_(spin(SCHED_OTHER)), poor_(spin(SCHED_IDLE)) {}
    Starved(const Starved&) = delete;
    Starved& operator=(const Starved&) = delete;
    ~Starved() {
        for (const pid_t child : {rich_, poor_}) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
    }
    pid_t pid() const { return poor_; }

  private:
    static pid_t spin(int policy) {
        const pid_t child = ::fork();
        if (child == 0) {
            cpu_set_t allowed;
            ::sched_getaffinity(0, sizeof allowed, &allowed);
            unsigned first = 0;
            while (!CPU_ISSET(first, &allowed)) {
                ++first;
            }
            CPU_ZERO(&allowed);
            CPU_SET(first, &allowed);
            ::sched_setaffinity(0, sizeof allowed, &allowed);
            const sched_param parameters{};
            ::sched_setscheduler(0, policy, &parameters);
            ::alarm(60);
            for (volatile bool forever = true; forever;) {
            }
        }
        return child;
    }
    pid_t rich_;
    pid_t poor_;
};

TEST(ThreadTimes, TellOfAWaitThatIsNotOverAtTheEnd) {
    if (read_thread_times(::getpid()).empty()) {
        GTEST_SKIP() << "this kernel does not tell how long a thread ran (no schedstat)";
    }
    const Starved child;
    Nanoseconds told{};
    const auto until = steady_clock::now() + seconds(30);
    while (told < milliseconds(1) && steady_clock::now() < until) {
        const auto begin = read_thread_times(child.pid(), true);
        std::this_thread::sleep_for(milliseconds(20));  // the window
        const auto end = read_thread_times(child.pid(), true);
        const auto end_at = steady_clock::now();
        const auto whole = with_waits_under_way(end, end_at, child.pid(), seconds(20));
        ASSERT_TRUE(whole);
        const auto counted = waited_between(begin, end).value();
        const auto waited = waited_between(begin, *whole).value();
        EXPECT_GE(waited, counted);
        // A wait that began before the window is counted when it is over: as a whole.
        if (begin.at(child.pid()).waited == end.at(child.pid()).waited) {
            told = std::max(told, waited - counted);
        }
    }
    EXPECT_GE(told, milliseconds(1)) << "the kernel counted no wait, though it waited all the time";
}

TEST(ThreadTimes, AreGivenUpWhereAWaitDoesNotEnd) {
    ThreadTimes end = read_thread_times(::getpid(), true);
    if (end.empty()) {
        GTEST_SKIP() << "this kernel does not tell how long a thread ran (no schedstat)";
    }
    end.at(::getpid()).ran += std::chrono::hours(1);  // it does not come so far
    end.at(::getpid()).waited += std::chrono::hours(1);
    EXPECT_FALSE(with_waits_under_way(end, steady_clock::now(), ::getpid(), milliseconds(5)));
    for (auto& [thread, time] : end) {
        time.awake = false;
    }
    EXPECT_TRUE(with_waits_under_way(end, steady_clock::now(), ::getpid(), milliseconds(5)))
        << "nobody waits";
}

}  // namespace
}  // namespace benchhost::machine

// What a process tree has spent, against what its processes are known to have done.
#include "core/machine/usage.hpp"

#include "core/machine/process_tree.hpp"
#include "tests/fixtures/sanitizer.hpp"
#include "tests/integration/process/serving.hpp"
#include "tests/integration/process/tree.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

namespace benchhost::process::testing {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

void burn(Nanoseconds time) {
    const auto end = own_cpu_time() + time;
    while (own_cpu_time() < end) {
    }
}

TEST(Usage, CountsTheTimeOfTheLivingInNanoseconds) {
    const Tree tree([] { burn(milliseconds(50)); });
    ASSERT_TRUE(tree.ready());
    const auto usage = tree.sample(true);
    ASSERT_TRUE(usage);
    EXPECT_GE(usage->cpu, milliseconds(50));
    EXPECT_LT(usage->cpu, milliseconds(1000));
    EXPECT_NE(usage->cpu.count() % 10'000'000, 0);  // finer than a clock tick
    EXPECT_EQ(usage->processes, 1U);
    EXPECT_GT(usage->rss_bytes, 100'000U);
    ASSERT_TRUE(usage->pss_bytes);
    EXPECT_GT(*usage->pss_bytes, 0U);
    EXPECT_FALSE(tree.sample(false)->pss_bytes);
}

TEST(Usage, CountsChildrenThatHaveEnded) {
    const Tree tree([] {
        for (int i = 0; i < 3; ++i) {
            const pid_t child = ::fork();
            if (child == 0) {
                burn(milliseconds(60));
                ::_exit(0);
            }
            ::waitpid(child, nullptr, 0);
        }
    });
    ASSERT_TRUE(tree.ready());
    const auto usage = tree.sample();
    ASSERT_TRUE(usage);
    EXPECT_GE(usage->cpu, milliseconds(150));  // 180, each rounded down to a tick
    EXPECT_EQ(usage->processes, 1U);
}

TEST(Usage, CountsOrphansThatTheSupervisorHasBuried) {
    const Tree tree([] {
        int done[2];
        if (::pipe(done) != 0 || ::fork() != 0) {
            ::close(done[1]);
            char byte = 0;
            [[maybe_unused]] const auto end = ::read(done[0], &byte, 1);  // all of them have ended
            ::wait(nullptr);
            return;
        }
        if (::fork() == 0) {
            burn(milliseconds(80));
        }
        ::_exit(0);
    });
    ASSERT_TRUE(tree.ready());
    EXPECT_TRUE(eventually([&] { return tree.sample()->cpu >= milliseconds(60); }));
}

TEST(Usage, WhatAChildUsedThatNobodyWaitsForIsCountedNowhere) {
    const Tree tree([] {
        ::signal(SIGCHLD, SIG_IGN);
        if (::fork() == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            burn(milliseconds(200));
            ::pause();
        }
    });
    ASSERT_TRUE(tree.ready());
    ASSERT_TRUE(eventually([&] { return tree.sample()->cpu >= milliseconds(200); }));
    ::kill(machine::descendants(tree.root()).back(), SIGKILL);
    // While it is ending it may still be seen.
    EXPECT_TRUE(eventually([&] { return tree.sample()->cpu < milliseconds(100); }))
        << "so that a sum over the tree can fall";
}

bool are_threads(std::uint64_t counted, std::uint64_t own) {
    return fixtures::kUnderThreadSanitizer ? counted >= own && counted <= own + 4 : counted == own;
}

TEST(Usage, SumsThreadsDescriptorsAndSwitchesOverTheTree) {
    const Tree one([] {});
    const Tree two([] {
        if (::fork() == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            std::vector<std::thread> threads;
            for (int i = 0; i < 3; ++i) {
                threads.emplace_back([] { ::pause(); });
            }
            ::pause();
        }
        if (::dup(0) < 0 || ::dup(0) < 0) {
            ::_exit(1);
        }
    });
    ASSERT_TRUE(one.ready() && two.ready());
    ASSERT_TRUE(eventually([&] { return are_threads(two.sample()->threads, 5); }));
    const auto alone = one.sample();
    const auto both = two.sample();
    ASSERT_TRUE(alone && both);
    EXPECT_EQ(both->processes, 2U);
    EXPECT_GT(both->rss_bytes, alone->rss_bytes);
    ASSERT_TRUE(alone->open_files && both->open_files);
    EXPECT_GE(*both->open_files, 2 * *alone->open_files + 2);
    // Each of the five threads goes to sleep once.
    EXPECT_TRUE(eventually([&] { return two.sample()->voluntary_switches >= 5U; }));
}

TEST(Usage, SeesWhoIsStoppedByASignal) {
    const Tree tree([] {});
    ASSERT_TRUE(tree.ready());
    EXPECT_EQ(tree.sample()->stopped, 0U);
    const pid_t server = machine::descendants(tree.root()).back();
    ASSERT_EQ(::kill(server, SIGSTOP), 0);
    EXPECT_TRUE(eventually([&] { return tree.sample()->stopped == 1; }));
    ASSERT_EQ(::kill(server, SIGCONT), 0);
    EXPECT_TRUE(eventually([&] { return tree.sample()->stopped == 0; }));
}

TEST(Usage, LeavesSwitchesUnknownRatherThanReadingHundredsOfFiles) {
    const Tree tree([] {
        std::vector<std::thread> threads;
        for (int i = 0; i < 300; ++i) {
            threads.emplace_back([] { ::pause(); });
            threads.back().detach();
        }
    });
    ASSERT_TRUE(tree.ready());
    const auto quick = tree.sample(false);
    const auto thorough = tree.sample(true);
    ASSERT_TRUE(quick && thorough);
    EXPECT_TRUE(are_threads(quick->threads, 301)) << quick->threads;
    EXPECT_FALSE(quick->voluntary_switches);
    EXPECT_TRUE(thorough->voluntary_switches);
}

TEST(Usage, SurvivesProcessesThatComeAndGo) {
    const Tree tree([] {
        if (::fork() == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;) {
                const pid_t child = ::fork();
                if (child == 0) {
                    ::_exit(0);
                }
                ::waitpid(child, nullptr, 0);
            }
        }
    });
    ASSERT_TRUE(tree.ready());
    for (int i = 0; i < 200; ++i) {
        const auto usage = tree.sample(i % 10 == 0);
        ASSERT_TRUE(usage);
        EXPECT_GE(usage->processes, 2U);
        EXPECT_LE(usage->processes, 3U);
    }
}

TEST(Usage, NothingLeftIsAnError) {
    const pid_t nobody = ::fork();
    if (nobody == 0) {
        ::_exit(0);
    }
    ::waitpid(nobody, nullptr, 0);
    EXPECT_FALSE(machine::sample_tree(nobody, false));
}

}  // namespace
}  // namespace benchhost::process::testing

#include "core/process/reaper.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace {
bool killed_init = false;
}  // namespace

// In front of the C library's, so that nobody else is hit.
extern "C" int kill(pid_t pid, int signal) noexcept {
    if (pid == 1 || pid == -1) {
        killed_init = true;
        return 0;
    }
    return static_cast<int>(::syscall(SYS_kill, pid, signal));
}

namespace benchhost::process {
namespace {

TEST(Reaper, WithoutAServerEndsItsTreeAndNobodyElse) {
    const pid_t supervisor = ::fork();
    if (supervisor == 0) {
        Reaper reaper;
        bool right = reaper.begin().has_value();
        const pid_t child = ::fork();
        if (child == 0) {
            for (;;) {
                ::pause();
            }
        }
        reaper.signal_group(SIGTERM);
        reaper.signal_server(SIGTERM);
        right = right && reaper.kill_tree() && ::waitpid(child, nullptr, 0) == -1;
        ::_exit(right && !killed_init ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(supervisor, &status, 0), supervisor);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace benchhost::process

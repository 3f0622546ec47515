#include "core/process/contained_run.hpp"

#include "core/process/reaper.hpp"
#include "core/process/wait.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace benchhost::process {
namespace {

constexpr int kNothingRun = 1;

[[noreturn]] void run_child(const std::function<int()>& work, pid_t parent) {
    ::setpgid(0, 0);  // what the parent kills as a whole; it is not in this group itself
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
        ::_exit(kNothingRun);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::exit(work());
}

// Whoever waits for us sees what became of the work.
int end_as(int status) {
    if (!WIFSIGNALED(status)) {
        return WEXITSTATUS(status);
    }
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);  // the one of the child is enough
    const int signal = WTERMSIG(status);
    ::signal(signal, SIG_DFL);
    sigset_t it;
    ::sigemptyset(&it);
    ::sigaddset(&it, signal);
    ::sigprocmask(SIG_UNBLOCK, &it, nullptr);
    ::raise(signal);
    return kNothingRun;
}

}  // namespace

int run_contained(const std::function<int()>& work) {
    Reaper reaper;
    if (const auto begun = reaper.begin(); !begun) {
        fmt::print(stderr, "benchhost-serve: {}\n", begun.error().message);
        return kNothingRun;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) {
        fmt::print(stderr, "benchhost-serve: {}\n",
                   system_error(ErrorCode::environment, "fork", errno).message);
        return kNothingRun;
    }
    if (child == 0) {
        run_child(work, parent);
    }
    reaper.set_server(child);
    bool asked_to_end = false;
    while (!reaper.server_status() && !asked_to_end) {
        wait_readable(reaper.fd(), std::chrono::steady_clock::now() + std::chrono::hours(1));
        asked_to_end = reaper.take_signals();
    }
    reaper.kill_tree();
    return asked_to_end ? kNothingRun : end_as(*reaper.server_status());
}

}  // namespace benchhost::process

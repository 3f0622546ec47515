#include "core/process/wait.hpp"

#include "core/base/unique_fd.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace benchhost::process {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

int poll_timeout(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

bool wait_readable(int descriptor, steady_clock::time_point deadline) {
    pollfd watched{descriptor, POLLIN, 0};
    for (;;) {
        const int ready = ::poll(&watched, 1, poll_timeout(deadline));
        if (ready > 0) {
            return true;
        }
        if (ready == 0 || errno != EINTR) {
            return false;
        }
    }
}

std::optional<int> wait_child(pid_t child, steady_clock::time_point deadline) {
    // A pidfd becomes readable when the process ends: no polling of waitpid, no SIGCHLD handler.
    const UniqueFd watched(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    if (watched.is_open()) {
        wait_readable(watched.get(), deadline);
    }
    int status = 0;
    pid_t reaped = -1;
    do {
        reaped = ::waitpid(child, &status, WNOHANG);
    } while (reaped < 0 && errno == EINTR);
    return reaped == child ? std::optional(status) : std::nullopt;
}

std::string signal_name(int signal) {
    const char* name = ::sigabbrev_np(signal);
    return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

std::string describe_exit(int wait_status) {
    if (WIFSIGNALED(wait_status)) {
        return fmt::format("killed by {}{}", signal_name(WTERMSIG(wait_status)),
                           WCOREDUMP(wait_status) ? " (core dumped)" : "");
    }
    return fmt::format("exited with status {}", WEXITSTATUS(wait_status));
}

}  // namespace benchhost::process

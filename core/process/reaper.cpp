#include "core/process/reaper.hpp"

#include "core/machine/process_tree.hpp"
#include "core/process/wait.hpp"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace benchhost::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kGoneLimit = std::chrono::seconds(5);
constexpr auto kKillAgain = milliseconds(5);

}  // namespace

Status Reaper::begin() {
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        return system_error(ErrorCode::environment, "prctl(PR_SET_CHILD_SUBREAPER)", errno);
    }
    sigset_t watched;
    ::sigemptyset(&watched);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) {
        ::sigaddset(&watched, signal);
    }
    ::sigprocmask(SIG_BLOCK, &watched, nullptr);
    signals_.reset(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
    return signals_.is_open() ? Status{} : system_error(ErrorCode::environment, "signalfd", errno);
}

bool Reaper::take_signals() {
    bool asked_to_end = false;
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        asked_to_end = asked_to_end || signal.ssi_signo != SIGCHLD;
    }
    reap();
    return asked_to_end;
}

bool Reaper::reap() {
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
        if (ended == server_) {
            status_ = status;
        }
    }
    return ended == 0 || errno != ECHILD;
}

void Reaper::signal_server(int signal) const {
    if (server_) {
        ::kill(*server_, signal);
    }
}

void Reaper::signal_group(int signal) const {
    if (server_) {
        ::kill(-*server_, signal);
    }
}

std::vector<pid_t> Reaper::tree() const {
    return machine::living(machine::descendants(::getpid()));
}

void Reaper::pause(steady_clock::time_point deadline) {
    wait_readable(signals_.get(), deadline);
    take_signals();
}

// Orphans become our children, so "no child left" means that nothing of the tree is left.
bool Reaper::kill_tree() {
    const auto limit = steady_clock::now() + kGoneLimit;
    while (reap()) {
        if (steady_clock::now() > limit) {
            return false;
        }
        // The whole group at once is the only way to outrun a fork bomb.
        signal_group(SIGKILL);
        for (const pid_t pid : machine::descendants(::getpid())) {
            ::kill(pid, SIGKILL);
        }
        pause(steady_clock::now() + kKillAgain);
    }
    return true;
}

}  // namespace benchhost::process

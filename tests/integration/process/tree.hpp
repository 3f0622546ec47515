// A small process tree whose processes do what a test says, and nothing else.
#pragma once

#include "core/base/units.hpp"
#include "core/machine/usage.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <functional>

namespace benchhost::process::testing {

inline Nanoseconds own_cpu_time() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

/// A process that does `work` below a subreaper of its own, says when it is done and stays.
class Tree {
  public:
    explicit Tree(const std::function<void()>& work) {
        if (::pipe(done_) != 0) {
            return;
        }
        root_ = ::fork();
        if (root_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::prctl(PR_SET_CHILD_SUBREAPER, 1);
            if (::fork() == 0) {
                ::prctl(PR_SET_PDEATHSIG, SIGKILL);
                work();
                tell();
                ::pause();
            }
            for (;;) {
                ::wait(nullptr);
            }
        }
        char byte = 0;
        ready_ = ::read(done_[0], &byte, 1) == 1;
    }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    ~Tree() {
        ::kill(root_, SIGKILL);
        ::waitpid(root_, nullptr, 0);
        ::close(done_[0]);
        ::close(done_[1]);
    }
    bool ready() const { return ready_; }
    pid_t root() const { return root_; }
    Result<machine::TreeUsage> sample(bool with_pss = false) const {
        return machine::sample_tree(root_, with_pss);
    }

  private:
    void tell() const {
        if (::write(done_[1], "", 1) != 1) {
            ::_exit(1);
        }
    }
    int done_[2] = {-1, -1};
    pid_t root_ = -1;
    bool ready_ = false;
};

}  // namespace benchhost::process::testing

#include "core/base/clean_start.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace benchhost {

void clean_start() {
    // The lowest free number is taken, so they are filled in their order.
    int lowest = ::open("/dev/null", O_RDWR);
    while (lowest >= 0 && lowest <= STDERR_FILENO) {
        lowest = ::open("/dev/null", O_RDWR);
    }
    if (lowest >= 0) {
        ::close(lowest);
    }
    ::signal(SIGCHLD, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void ignore_signals_of_writes() {
    for (const int signal : {SIGPIPE, SIGXFSZ, SIGTTOU}) {
        ::signal(signal, SIG_IGN);
    }
}

}  // namespace benchhost

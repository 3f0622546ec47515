#include "cli/interrupt.hpp"

#include <csignal>

namespace benchhost::cli {
namespace {

// A signal handler has no other way to reach anybody.
std::atomic<bool> interrupted{false};
std::atomic<bool> warned{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int /*signal*/) { interrupted = true; }
void on_warning(int /*signal*/) { warned = true; }

}  // namespace

const std::atomic<bool>& watch_for_interrupt() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return interrupted;
}

std::atomic<bool>& watch_for_warning() {
    struct sigaction action {};
    action.sa_handler = on_warning;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGCONT, &action, nullptr);
    return warned;
}

}  // namespace benchhost::cli

#include "core/serve/stop_signal.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace benchhost {
namespace {

sigset_t stop_signals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        ::sigaddset(&signals, signal);
    }
    return signals;
}

void end_by(int signal) {
    ::signal(signal, SIG_DFL);
    sigset_t unblocked;
    ::sigemptyset(&unblocked);
    ::sigaddset(&unblocked, signal);
    ::pthread_sigmask(SIG_UNBLOCK, &unblocked, nullptr);
    ::kill(::getpid(), signal);
}

}  // namespace

StopSignal::StopSignal() {
    const sigset_t signals = stop_signals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGPIPE, SIG_IGN);  // a peer that goes away is an error value for a server
    watcher_ = std::thread([this] { watch(); });
}

StopSignal::~StopSignal() {
    done_ = true;
    ::pthread_kill(watcher_.native_handle(), SIGTERM);
    watcher_.join();
}

void StopSignal::arm(std::function<void()> stop) {
    const std::lock_guard lock(mutex_);
    stop_ = std::move(stop);
}

void StopSignal::disarm() {
    const std::lock_guard lock(mutex_);
    stop_ = [] {};
}

void StopSignal::watch() {
    const sigset_t signals = stop_signals();
    for (;;) {
        int signal = 0;
        ::sigwait(&signals, &signal);
        if (done_) {
            return;
        }
        asked_ = true;
        const std::lock_guard lock(mutex_);
        if (stop_) {
            stop_();
        } else {
            end_by(signal);
        }
    }
}

}  // namespace benchhost

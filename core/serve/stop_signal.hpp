// SIGTERM as a call of a function in a thread of its own, where anything is allowed.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace benchhost {

/// Blocks SIGTERM, SIGINT and SIGHUP for this thread and all that it starts later, and waits for
/// them in its own. Make it before anything of a plugin runs, in the main thread.
class StopSignal {
  public:
    StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    ~StopSignal();

    /// From now on a signal calls `stop`, every time; before, it ends the process as if it had
    /// never been blocked.
    void arm(std::function<void()> stop);
    /// Waits for a call of `stop` that is under way. From now on signals change nothing: the
    /// process is ending, and a second SIGTERM must not cut off what the plugin still has to do.
    void disarm();

    const std::atomic<bool>& asked() const { return asked_; }

  private:
    void watch();

    std::atomic<bool> asked_{false};
    std::atomic<bool> done_{false};
    std::mutex mutex_;  // guards stop_, and is held while it runs
    std::function<void()> stop_;
    std::thread watcher_;
};

}  // namespace benchhost

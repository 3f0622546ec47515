// The coordinator's own part of a load, where it generates too.
#pragma once

#include "core/base/result.hpp"
#include "core/load/load.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <thread>

namespace benchhost::cluster {

/// Runs one load on a thread of its own, which speaks to no other rank: the thread that does tells
/// it when to begin. Ends its thread when it is destroyed.
class LocalPart : private load::StartGate {
  public:
    explicit LocalPart(load::LoadSpec spec);
    ~LocalPart() override;
    LocalPart(const LocalPart&) = delete;
    LocalPart& operator=(const LocalPart&) = delete;
    LocalPart(LocalPart&&) = delete;
    LocalPart& operator=(LocalPart&&) = delete;

    bool ready() const { return ready_; }
    void go(std::chrono::steady_clock::time_point start);
    void stop();
    bool done() const { return done_; }
    /// Once it is done.
    Result<load::LoadReport> take();

  private:
    std::optional<std::chrono::steady_clock::time_point> wait() override;

    load::LoadSpec spec_;
    std::atomic<bool> ready_{false};
    std::atomic<bool> stop_{false};
    std::atomic<bool> done_{false};
    bool started_ = false;
    std::promise<std::optional<std::chrono::steady_clock::time_point>> start_;
    std::optional<Result<load::LoadReport>> report_;
    std::thread thread_;
};

}  // namespace benchhost::cluster

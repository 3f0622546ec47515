// Did a server have the processor time it asked for, while something of it was waited for?
#pragma once

#include "core/base/units.hpp"
#include "core/machine/thread_times.hpp"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace benchhost::conformance {

/// Begins when it is made. One thread.
class ProcessorWatch {
  public:
    /// `server`: its first process; nothing is known of one that is not there.
    explicit ProcessorWatch(std::optional<pid_t> server);

    /// What can no longer be read stays as it was seen last.
    void look();

    /// As lack_of_processor(), up to the last look; nothing so soon that no wait can have ended.
    std::optional<std::string> lack() const;

  private:
    std::optional<pid_t> server_;
    machine::ThreadTimes first_, last_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    Nanoseconds watched_{};
};

}  // namespace benchhost::conformance

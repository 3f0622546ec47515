// What this process has open and running: looked at before and after a plugin's server.
#pragma once

#include "core/process/server_process.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace benchhost {

/// The descriptors and the number of threads at one moment.
class Footprint {
  public:
    static Footprint take();

    std::uint64_t threads() const { return threads_; }

    /// What is there now and was not then. A thread that has just been joined is given a moment to
    /// leave /proc, and a longer one while the machine keeps it from running.
    process::Leftovers left_since() const;

  private:
    std::map<int, std::string> descriptors_;  ///< number -> what /proc/self/fd says it is
    std::uint64_t threads_ = 0;
};

}  // namespace benchhost

// The server's processors in simulated time: what work takes on them beside others, under a quota
// and through a stall.
#pragma once

#include "tests/unit/truth/world.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace benchhost::truth {

using Time = std::int64_t;  // ns since the load began
inline constexpr Time kNoTime = -1;
inline Time of(double seconds) { return static_cast<Time>(seconds * 1e9); }
inline double seconds(Time time) { return static_cast<double>(time) / 1e9; }

struct Window {
    Time from = 0, to = 0;
    bool holds(Time time) const { return time >= from && time < to; }
    Time overlap(Time begin, Time end) const {
        return std::max<Time>(0, std::min(end, to) - std::max(begin, from));
    }
};

/// What a side used and waited for within the window.
struct Usage {
    double cpu = 0, delayed = 0;
};

/// The server's processors, first come first served.
class Processors {
  public:
    Processors(const World& world, Window window);
    /// When the work of a request that came at `now` is done.
    Time work(Time now, double cpu);
    const std::vector<Usage>& used() const { return used_; }

  private:
    Time after_stall(Time begin, Time length) const;
    Window window_;
    double speed_;  // of a processor, beside others and under the quota
    std::optional<Window> stall_;
    std::vector<Time> free_;
    std::vector<Usage> used_;
};

}  // namespace benchhost::truth

// The one clock of the load engine.
#pragma once

#include <chrono>
#include <cstdint>

namespace benchhost {

/// CLOCK_MONOTONIC: client and server threads of one machine share it.
using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;

inline constexpr Instant kNever = Instant::max();

}  // namespace benchhost

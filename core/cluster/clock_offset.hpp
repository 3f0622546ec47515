// How far another host's monotonic clock is from ours.
#pragma once

#include "core/base/units.hpp"

#include <chrono>
#include <vector>

namespace benchhost::cluster {

using Instant = std::chrono::steady_clock::time_point;

/// One question for the time and its answer.
struct ClockSample {
    Instant asked;     ///< on our clock
    Instant told;      ///< on the other's
    Instant answered;  ///< on ours
};

struct ClockOffset {
    Nanoseconds offset{};       ///< the other's clock minus ours
    Nanoseconds uncertainty{};  ///< it is off by at most this much
};

/// From the sample with the shortest round trip, as NTP's clock filter chooses (RFC 5905, section
/// 10): the answer was made somewhere within it, so half of it bounds the error. Not empty. Pure.
ClockOffset offset_from(const std::vector<ClockSample>& samples);

}  // namespace benchhost::cluster

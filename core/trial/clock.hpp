// The clocks of a suite: the wall clock is for stamps only, all else uses the monotonic one.
#pragma once

#include <fmt/chrono.h>

#include <chrono>
#include <functional>
#include <string>

namespace benchhost::trial {

/// The monotonic clock; a test brings one that it turns by hand.
using Now = std::function<std::chrono::steady_clock::time_point()>;

/// RFC 3339 in UTC: "2026-11-23T06:15:00Z".
inline std::string utc_now() {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

/// For folder names: "20261123-061500", UTC.
inline std::string utc_stamp() {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y%m%d-%H%M%S}", fmt::gmtime(now));
}

}  // namespace benchhost::trial

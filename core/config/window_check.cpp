#include "core/config/window_check.hpp"

#include <fmt/format.h>

#include <variant>

namespace benchhost::config {
namespace {

// Timeouts are looked for a few dozen times in each.
constexpr double kBeyondTimeout = 1.05;
// Fifty of the kernel's clock ticks.
constexpr Nanoseconds kLongEnough = std::chrono::milliseconds(500);

Nanoseconds window_of(const LoadProfile& profile) {
    const auto* search = std::get_if<model::LimitSearch>(&profile.load);
    return search != nullptr ? search->step_duration : profile.duration;
}

}  // namespace

std::optional<std::string> why_too_short(Nanoseconds window, Nanoseconds timeout) {
    if (to_seconds(window) < kBeyondTimeout * to_seconds(timeout)) {
        return fmt::format(
            "a window of {} is not longer than the timeout of {}: what hangs in it is neither "
            "answered nor failed; measure for longer, or set a shorter timeout",
            format_duration(window), format_duration(timeout));
    }
    if (window < kLongEnough) {
        return fmt::format(
            "a window of {} is too short to see who else used the processors: measure for {} or "
            "longer",
            format_duration(window), format_duration(kLongEnough));
    }
    return std::nullopt;
}

std::vector<std::string> window_warnings(const SuiteConfig& config) {
    std::vector<std::string> warnings;
    for (const auto& profile : config.profiles) {
        if (auto why = why_too_short(window_of(profile), profile.timeout)) {
            warnings.push_back(fmt::format("profile {}: {}", profile.name, *why));
        }
    }
    return warnings;
}

}  // namespace benchhost::config

#include "core/model/virtual_users.hpp"

#include "core/model/closed_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::model {
namespace {

// Nobody waits for it, and its nanoseconds can be counted.
constexpr double kLongestBuildUp = 10.0 * 365 * 24 * 3600;  // s

Error wrong_users(std::string message) { return {ErrorCode::usage, std::move(message)}; }

}  // namespace

std::string VirtualUsers::describe() const {
    return fmt::format("{} users, {} started a second, think time {}..{}", users, spawn_rate,
                       format_duration(think_time.from), format_duration(think_time.to));
}

Status VirtualUsers::check() const {
    if (users == 0 || users > kMostConnections) {
        return wrong_users(
            fmt::format("users = {}: must be between 1 and {}", users, kMostConnections));
    }
    if (!std::isfinite(spawn_rate) || spawn_rate <= 0) {
        return wrong_users(
            fmt::format("users = {} needs a spawn_rate above 0 (users started a second), "
                        "but spawn_rate = {}",
                        users, spawn_rate));
    }
    if (users / spawn_rate > kLongestBuildUp) {
        return wrong_users(fmt::format(
            "users = {} at a spawn_rate of {} a second take more than 10 years to come: start more "
            "of them a second",
            users, spawn_rate));
    }
    if (think_time.from.count() < 0 || think_time.from > think_time.to) {
        return wrong_users("think_time: the first end must not be negative or above the second");
    }
    return {};
}

Nanoseconds VirtualUsers::build_up() const {
    return spawn_rate <= 0 ? Nanoseconds{}
                           : std::chrono::duration_cast<Nanoseconds>(
                                 std::chrono::duration<double>(users / spawn_rate));
}

std::optional<double> VirtualUsers::offered_ceiling() const {
    const double think = to_seconds(think_time.from + think_time.to) / 2;
    return think > 0 ? std::optional(users / think) : std::nullopt;
}

// As many as come within a few seconds: the thinking stays what it is.
void VirtualUsers::make_quick(double /*share*/) {
    constexpr double kMostRamp = 8;  // s
    users =
        static_cast<std::uint32_t>(std::min<double>(users, std::max(1.0, spawn_rate * kMostRamp)));
}

}  // namespace benchhost::model

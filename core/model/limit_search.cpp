#include "core/model/limit_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::model {

std::string LimitSearch::describe() const {
    return fmt::format("highest load without failure; {} from {} in steps of {}, {} each",
                       of == Of::users ? "users" : "requests/s", start, step,
                       format_duration(step_duration));
}

std::variant<VirtualUsers, OpenLoop> LimitSearch::at(double load) const {
    if (of == Of::users) {
        return VirtualUsers{static_cast<std::uint32_t>(std::lround(load)), spawn_rate, think_time};
    }
    return OpenLoop{load, arrivals, {}, connections};
}

std::uint64_t LimitSearch::most_open() const {
    constexpr double kPorts = 65536;
    return of == Of::users ? static_cast<std::uint64_t>(most.value_or(kPorts)) : connections;
}

void LimitSearch::make_quick(double /*share*/) {
    constexpr Nanoseconds kMostStep = std::chrono::milliseconds(1500);  // beyond a quick timeout
    constexpr Nanoseconds kMostSearch = std::chrono::seconds(20);
    constexpr double kQuickResolution = 0.25;
    step_duration = std::min(step_duration, kMostStep);
    resolution = std::max(resolution, kQuickResolution);
    search_time = std::min(search_time.value_or(kMostSearch), kMostSearch);
}

}  // namespace benchhost::model

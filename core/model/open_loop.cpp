#include "core/model/open_loop.hpp"

#include "core/model/closed_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::model {
namespace {

Error wrong_rate(std::string message) { return {ErrorCode::usage, std::move(message)}; }

std::string describe_open_loop(std::string_view rate, Arrivals arrivals,
                               std::uint32_t connections) {
    return fmt::format(
        "open loop, {}, {} arrivals, latency from the planned time; up to {} connections", rate,
        arrivals == Arrivals::poisson ? "Poisson" : "constant", connections);
}

}  // namespace

std::string OpenLoop::describe() const {
    auto text = fmt::format("{} requests/s", rate);
    if (!stages.empty()) {
        text = "from " + text;
        for (const auto& stage : stages) {
            text += fmt::format("{}to {} in {}", &stage == &stages.front() ? " " : ", ", stage.rate,
                                format_duration(stage.duration));
        }
    }
    return describe_open_loop(text, arrivals, connections);
}

Status OpenLoop::check() const {
    if (auto checked = check_connections(connections); !checked) {
        return checked;
    }
    for (const auto& stage : stages) {
        if (!std::isfinite(stage.rate) || stage.rate < 0 || stage.duration.count() <= 0) {
            return wrong_rate(
                fmt::format("stages: a stage of {}/s over {} needs a rate of 0 or more and "
                            "a duration above 0",
                            stage.rate, format_duration(stage.duration)));
        }
    }
    if (const double highest = highest_rate();
        !std::isfinite(highest) || highest <= 0 || rate < 0) {
        return wrong_rate(fmt::format("rate = {}: must be above 0 requests/s", rate));
    }
    return {};
}

double OpenLoop::highest_rate() const {
    double highest = rate;
    for (const auto& stage : stages) {
        highest = std::max(highest, stage.rate);
    }
    return highest;
}

void OpenLoop::make_quick(double share) {
    for (auto& stage : stages) {
        stage.duration = std::chrono::duration_cast<Nanoseconds>(stage.duration * share);
    }
}

std::string RateSweep::describe() const {
    const bool shares = rates.front().is_share;
    std::string text;
    for (const auto& rate : rates) {
        text += fmt::format("{}{:.6g}", text.empty() ? "" : ", ", rate.value * (shares ? 100 : 1));
    }
    text +=
        shares ? " % of what the server reached in a closed loop before" : " requests/s in turn";
    return describe_open_loop(text, arrivals, connections);
}

}  // namespace benchhost::model

#include "core/trial/link.hpp"

#include "core/trial/offer.hpp"

#include <fmt/format.h>

#include <variant>

namespace benchhost::trial {
namespace {

// Within a machine a round trip takes some 10 to 50 us.
constexpr Nanoseconds kBeyondOneMachine = std::chrono::microseconds(100);
// Of the requests that can come back over it, and of the time to an answer.
constexpr double kMostly = 0.80;

double milliseconds_to_an_answer(const load::LoadReport& report) {
    return report.service_time.mean_ns() / 1e6;
}

/// To another machine, in milliseconds.
std::optional<double> far_round_trip(const load::LoadReport& report) {
    const bool is_far = report.round_trip && *report.round_trip >= kBeyondOneMachine;
    return is_far && !report.service_time.empty()
               ? std::optional(to_milliseconds(*report.round_trip))
               : std::nullopt;
}

/// Of users who think for long their number is what limits them, whatever the way takes.
bool matters_beside_the_pause(double round_trip_ms, const model::LoadModel& model) {
    const double pause_ms =
        to_milliseconds(std::visit([](const auto& each) { return each.mean_pause(); }, model));
    return pause_ms < kAllOfTheOffer * (pause_ms + round_trip_ms);
}

}  // namespace

std::optional<std::string> why_link_bound(const load::LoadReport& report,
                                          const model::LoadModel& model) {
    const auto round_trip = far_round_trip(report);
    if (!round_trip || !report.link_ceiling) {
        return std::nullopt;
    }
    const double rate = report.rate();
    if (rate < kMostly * *report.link_ceiling ||
        *round_trip < kMostly * milliseconds_to_an_answer(report) ||
        !matters_beside_the_pause(*round_trip, model)) {
        return std::nullopt;
    }
    return fmt::format(
        "{:.1f} requests on the wire at a time, each for a round trip of {:.3g} ms, are at most "
        "{:.0f} a second, however fast the server is: {:.0f} came back, and the generator was "
        "{:.0f} % busy",
        report.mean_in_flight, *round_trip, *report.link_ceiling, rate,
        report.client.max_thread_utilisation * 100);
}

std::optional<std::string> share_of_the_link(const load::LoadReport& report) {
    const auto round_trip = far_round_trip(report);
    return round_trip ? std::optional(fmt::format("a round trip took {:.3g} of the {:.3g} ms to an "
                                                  "answer",
                                                  *round_trip, milliseconds_to_an_answer(report)))
                      : std::nullopt;
}

}  // namespace benchhost::trial

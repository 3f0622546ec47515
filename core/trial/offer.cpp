#include "core/trial/offer.hpp"

#include "core/load/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::trial {
namespace {

using model::OpenLoop;

// Beyond this many standard deviations a shortfall is no chance.
constexpr double kLuck = 3;
// Times whose mean is not this many times the least are one time.
constexpr double kAlike = 1.2;

double ended_in(const load::LoadReport& report) {
    return static_cast<double>(report.ended.ok + report.ended.failed);
}

/// By how much more is under way at the end of the window than at its beginning though the server
/// keeps up: because the rate has risen, or because the load began so lately that the first answers
/// were still to come. Then all take as long; where they take ever longer, they queue. Counted from
/// the write: what waits for a connection is behind already.
double inherent_growth(const load::LoadReport& report, const OpenLoop& load, double seconds) {
    const auto& times = report.service_time;
    const double least = std::min(seconds, to_seconds(times.min()));
    const load::RateCurve curve(load, Nanoseconds(0));
    const double at_the_end =
        std::min(curve.expected_by(seconds) - curve.expected_by(seconds - least),
                 static_cast<double>(load.connections));
    const bool all_alike = times.mean_ns() / 1e9 < kAlike * to_seconds(times.min());
    const double at_the_start =
        all_alike ? static_cast<double>(report.ended.under_way_at_start) : curve.rate_at(0) * least;
    return std::max(0.0, at_the_end - at_the_start);
}

/// What a schedule asks for and the server does not answer meanwhile queues up: given time enough
/// after the window all of it would be answered, and a longer window would fail.
std::optional<std::string> why_behind(const load::LoadReport& report, const OpenLoop& load) {
    const auto planned = static_cast<double>(report.books.planned);
    const double seconds = to_seconds(report.duration);
    if (seconds <= 0 || report.response_time.empty()) {
        return std::nullopt;
    }
    const double luck =
        load.arrivals == model::Arrivals::poisson
            ? kLuck * std::sqrt(planned / seconds * to_seconds(report.service_time.min()))
            : 0;
    const double inherent = inherent_growth(report, load, seconds);
    constexpr double kCutByTheEnd = 1;  // a window of 20 requests may end within the last
    if (planned - ended_in(report) <=
        (1 - kAllOfTheOffer) * planned + inherent + luck + kCutByTheEnd) {
        return std::nullopt;
    }
    return fmt::format("fell behind: {} requests were due in the window and {:.0f} ended in it",
                       report.books.planned, ended_in(report));
}

}  // namespace

std::optional<std::string> why_fell_short(const load::LoadReport& report,
                                          const model::LoadModel& model) {
    if (report.ended.throughout > 0) {
        return fmt::format("{} requests were under way over the whole window",
                           report.ended.throughout);
    }
    const auto& books = report.books;
    if (static_cast<double>(books.ok) < kAllOfTheOffer * static_cast<double>(books.planned)) {
        return fmt::format("{} of {} requests that were due in the window were answered rightly",
                           books.ok, books.planned);
    }
    // Others ask again when they have been answered.
    const auto* schedule = std::get_if<OpenLoop>(&model);
    return schedule != nullptr ? why_behind(report, *schedule) : std::nullopt;
}

}  // namespace benchhost::trial

#include "core/conformance/evidence.hpp"

#include "core/stats/significance.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace benchhost::conformance {

using machine::RestReading;

std::optional<std::string> lack_of_processor(const machine::ThreadTimes& begin,
                                             const machine::ThreadTimes& end, Nanoseconds between) {
    constexpr auto kEnough = std::chrono::seconds(1);
    Nanoseconds ran{};
    Nanoseconds waited{};
    for (const auto& spell : machine::spells_between(begin, end)) {
        ran += spell.ran;
        waited += spell.waited;
    }
    if (ran >= kEnough || waited <= ran || waited < between / 2) {
        return std::nullopt;
    }
    return fmt::format(
        "its threads waited {:.1f} s for a processor and had one for {:.1f} s of {:.1f} s",
        to_seconds(waited), to_seconds(ran), to_seconds(between));
}

Finding judge_rest(const std::vector<RestReading>& windows, const RestReading& whole) {
    constexpr double kSome = 0.05;
    constexpr double kMuch = 0.2;
    if (windows.empty()) {
        return warn("its processor time cannot be read");
    }
    const auto least_of = [&](double RestReading::*bound) {
        const auto least = std::min_element(
            windows.begin(), windows.end(),
            [&](const auto& one, const auto& other) { return one.*bound < other.*bound; });
        return (*least).*bound;
    };
    const auto in_words = [](double share) {
        return fmt::format("{:.1f} % of a processor without a request", share * 100);
    };
    const double surely = least_of(&RestReading::least);
    const double perhaps = least_of(&RestReading::most);
    if (perhaps <= kSome) {
        return pass(in_words(perhaps));
    }
    if (perhaps > kMuch && whole.least > kMuch) {
        const bool was_kept = whole.least > whole.ran + kSome;
        return fail(fmt::format(
            "{}{}: it spins, and takes the machine from the load generator", in_words(whole.least),
            was_kept ? fmt::format(" (others left it {:.1f} %)", whole.ran * 100) : ""));
    }
    if (surely > kSome) {
        return warn(in_words(surely));
    }
    return cannot_tell(
        fmt::format("{}, and up to {:.1f} % if others had not kept it waiting for one",
                    in_words(surely), perhaps * 100));
}

Centre centre_against(const std::vector<double>& differences, double border) {
    constexpr double kConfidence = 0.999;
    Centre centre;
    const auto value = stats::centre_of_pairs(differences);
    const auto interval = stats::interval_of_pairs(differences, kConfidence);
    if (!value || !interval) {
        return centre;
    }
    centre.value = *value;
    centre.low = interval->low;
    centre.high = interval->high;
    centre.side = centre.low > border    ? Centre::Side::above
                  : centre.high < border ? Centre::Side::below
                                         : Centre::Side::unclear;
    return centre;
}

// Were there no delay, an early answer would be of either kind with the same chance; of a server
// that waits, one in ten is more than a client's kernel lets through by itself.
std::optional<bool> waits_for_acknowledgement(const EarlyAnswers& early) {
    constexpr double kChance = 0.001;
    constexpr double kLetThrough = 0.1;
    const auto all = static_cast<double>(early.plain + early.quick);
    const auto plain = static_cast<double>(early.plain);
    if (all == 0) {
        return std::nullopt;
    }
    if (cdf(boost::math::binomial(all, 0.5), plain) < kChance) {
        return true;
    }
    if (early.plain > 0 &&
        cdf(complement(boost::math::binomial(all, kLetThrough), plain - 1)) < kChance) {
        return false;
    }
    return std::nullopt;
}

std::optional<Finding> judge_stops(const std::vector<StopReading>& readings) {
    constexpr std::ptrdiff_t kMost = kMostStops / 2 + 1;
    using End = StopReading::End;
    if (readings.empty()) {
        return std::nullopt;
    }
    const auto& last = readings.back();
    const auto count = [&](End end) {
        return std::count_if(readings.begin(), readings.end(),
                             [&](const StopReading& reading) { return reading.end == end; });
    };
    const auto ended = count(End::ended);
    const auto hung = count(End::hung);
    if (last.end == End::faulty) {
        return fail(last.how);
    }
    if (hung == 0 && ended > 0) {
        return pass(last.how);
    }
    const auto first_hung = std::find_if(readings.begin(), readings.end(), [](const auto& reading) {
        return reading.end == End::hung;
    });
    if (hung >= kMost) {
        return fail(fmt::format("{}; so in {} of {} stops, each of a fresh server", first_hung->how,
                                hung, readings.size()));
    }
    if (ended < kMost && readings.size() < kMostStops) {
        return std::nullopt;
    }
    if (ended == 0) {
        return cannot_tell(
            fmt::format("it had to be killed in each of {} stops; {}", readings.size(), last.how));
    }
    return warn(fmt::format("sometimes hangs: {} of {} stops, each of a fresh server; {}", hung,
                            readings.size(), first_hung->how));
}

}  // namespace benchhost::conformance

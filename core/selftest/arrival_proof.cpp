#include "core/selftest/arrival_proof.hpp"

#include "core/load/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::selftest {
namespace {

// The largest distance of the gaps' distribution from the exponential one with this rate.
double distance_to_exponential(const std::vector<Instant>& arrivals, double rate) {
    std::vector<double> gaps;
    for (std::size_t k = 1; k < arrivals.size(); ++k) {
        gaps.push_back(1 - std::exp(-to_seconds(arrivals[k] - arrivals[k - 1]) * rate));
    }
    std::sort(gaps.begin(), gaps.end());
    const auto count = static_cast<double>(gaps.size());
    double distance = 0;
    for (std::size_t i = 0; i < gaps.size(); ++i) {
        distance = std::max({distance, static_cast<double>(i + 1) / count - gaps[i],
                             gaps[i] - static_cast<double>(i) / count});
    }
    return distance;
}

}  // namespace

std::vector<Instant> planned_times(const load::LoadSpec& spec, Instant window_start) {
    load::Schedule schedule(std::get<model::OpenLoop>(spec.model), spec.warmup, spec.seed);
    std::vector<Instant> times;
    for (Nanoseconds time = schedule.next(); time < spec.warmup + spec.duration;
         time = schedule.next()) {
        times.push_back(window_start - spec.warmup + time);
    }
    return times;
}

std::vector<double> arrival_errors(const std::vector<Instant>& arrivals,
                                   const std::vector<Instant>& planned) {
    std::vector<double> errors;
    for (std::size_t k = 0; k < std::min(arrivals.size(), planned.size()); ++k) {
        errors.push_back(to_seconds(arrivals[k] - planned[k]) * 1e6);
    }
    std::sort(errors.begin(), errors.end());
    return errors;
}

Proof poisson_proof(const std::vector<Instant>& arrivals, double rate, double slack) {
    Proof proof;
    proof.name = "arrivals: Poisson, Kolmogorov-Smirnov distance of the gaps";
    proof.measured = distance_to_exponential(arrivals, rate);
    const double bound = 1.63 / std::sqrt(static_cast<double>(arrivals.size())) * slack;
    proof.bound = fmt::format("at most {:.3f} (level 0.01)", bound);
    proof.pass = proof.measured <= bound;
    return proof;
}

}  // namespace benchhost::selftest

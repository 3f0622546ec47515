// When an open loop's requests are due: one schedule for the whole run, in closed form.
#pragma once

#include "core/base/units.hpp"
#include "core/model/load_model.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace benchhost::load {

/// The rate over time, piecewise linear: constant during the warm-up, then the stages, then the
/// last rate for ever. Immutable and pure.
class RateCurve {
  public:
    RateCurve(const model::OpenLoop& model, Nanoseconds warmup);

    /// Requests/s at `time` after the start.
    double rate_at(double seconds) const;
    /// Requests expected until `seconds`: the integral of the rate.
    double expected_by(double seconds) const;
    /// When `count` requests are expected: the inverse of expected_by(). Infinite when the rate
    /// ends at 0 before that.
    double time_of(double count) const;

  private:
    struct Segment {
        double start = 0;         // s
        double count_before = 0;  // requests expected until start
        double rate = 0;          // requests/s at start
        double slope = 0;         // requests/s per s
        double duration = 0;      // s
        double count_after(double elapsed) const { return (rate + slope * elapsed / 2) * elapsed; }
    };
    void add(double duration, double from, double to);

    std::vector<Segment> segments_;
};

/// The planned times t_0 <= t_1 <= ... of a run, since its start, one after the other. With
/// constant arrivals t_k is when the curve expects k requests; with Poisson arrivals, when it
/// expects the k-th arrival of a unit-rate Poisson process drawn from `seed`. Every thread walks
/// the same schedule and takes each count-th of it, so that it belongs to the run and not to a
/// thread or a connection.
class Schedule {
  public:
    Schedule(const model::OpenLoop& model, Nanoseconds warmup, std::uint64_t seed);

    /// Nanoseconds::max() when nothing more will ever be due.
    Nanoseconds next();
    void skip(std::uint64_t count);

  private:
    RateCurve curve_;
    bool poisson_;
    std::mt19937_64 random_;
    double position_ = 0;
    std::uint64_t number_ = 0;
    void advance();
};

/// A uniform number in (0, 1], the same on every standard library.
double uniform(std::mt19937_64& random);

}  // namespace benchhost::load

#include "core/load/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace benchhost::load {
namespace {

constexpr double kForEver = std::numeric_limits<double>::infinity();
constexpr double kNanosecondsPerSecond = 1e9;
// Later than any run: 146 years.
constexpr double kMostSeconds = 4.6e9;

}  // namespace

double uniform(std::mt19937_64& random) {
    constexpr double kUnit = 0x1p-53;
    return static_cast<double>((random() >> 11U) + 1) * kUnit;
}

RateCurve::RateCurve(const model::OpenLoop& model, Nanoseconds warmup) {
    double rate = model.rate;
    if (warmup.count() > 0) {
        add(to_seconds(warmup), rate, rate);
    }
    for (const model::RateStage& stage : model.stages) {
        add(to_seconds(stage.duration), rate, stage.rate);
        rate = stage.rate;
    }
    add(kForEver, rate, rate);
}

void RateCurve::add(double duration, double from, double to) {
    Segment segment;
    if (!segments_.empty()) {
        const Segment& last = segments_.back();
        segment.start = last.start + last.duration;
        segment.count_before = last.count_before + last.count_after(last.duration);
    }
    segment.rate = from;
    segment.slope = std::isinf(duration) ? 0 : (to - from) / duration;
    segment.duration = duration;
    segments_.push_back(segment);
}

double RateCurve::rate_at(double seconds) const {
    const auto segment = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& each) {
        return seconds < each.start + each.duration;
    });
    return segment->rate + segment->slope * (seconds - segment->start);
}

double RateCurve::expected_by(double seconds) const {
    const auto segment = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& each) {
        return seconds < each.start + each.duration;
    });
    return segment->count_before + segment->count_after(seconds - segment->start);
}

double RateCurve::time_of(double count) const {
    const auto segment =
        std::find_if(segments_.begin(), segments_.end() - 1, [&](const Segment& each) {
            return count < each.count_before + each.count_after(each.duration);
        });
    const double left = count - segment->count_before;
    if (left <= 0) {
        return segment->start;
    }
    // rate x + slope x^2 / 2 = left, solved so that nothing cancels when the slope is small.
    const double root =
        std::sqrt(std::max(0.0, segment->rate * segment->rate + 2 * segment->slope * left));
    const double denominator = segment->rate + root;
    return denominator > 0 ? segment->start + 2 * left / denominator : kForEver;
}

Schedule::Schedule(const model::OpenLoop& model, Nanoseconds warmup, std::uint64_t seed)
    : curve_(model, warmup), poisson_(model.arrivals == model::Arrivals::poisson), random_(seed) {
    if (poisson_) {
        position_ = -std::log(uniform(random_));
    }
}

void Schedule::advance() {
    ++number_;
    if (poisson_) {
        position_ -= std::log(uniform(random_));
    } else {
        position_ = static_cast<double>(number_);
    }
}

Nanoseconds Schedule::next() {
    const double seconds = curve_.time_of(position_);
    advance();
    if (seconds >= kMostSeconds) {
        return Nanoseconds::max();
    }
    return Nanoseconds(std::llround(seconds * kNanosecondsPerSecond));
}

void Schedule::skip(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
        advance();
    }
}

}  // namespace benchhost::load

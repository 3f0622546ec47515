#include "core/load/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;

model::OpenLoop constant(double rate, std::vector<model::RateStage> stages = {}) {
    return {rate, model::Arrivals::constant, std::move(stages), 1};
}

model::OpenLoop poisson(double rate, std::vector<model::RateStage> stages = {}) {
    return {rate, model::Arrivals::poisson, std::move(stages), 1};
}

const std::vector<model::RateStage> kUpHoldDown{{400, 3s}, {400, 2s}, {0, 4s}};

// The largest distance between the sorted values' distribution and the uniform one on [0, 1].
double distance_to_uniform(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto count = static_cast<double>(values.size());
    double distance = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        distance = std::max({distance, static_cast<double>(i + 1) / count - values[i],
                             values[i] - static_cast<double>(i) / count});
    }
    return distance;
}

// Kolmogorov's critical value for many values at the level 0.001.
double critical_distance(std::size_t count) { return 1.95 / std::sqrt(static_cast<double>(count)); }

TEST(RateCurve, ConstantRateIsALine) {
    const RateCurve curve(constant(250), 2s);
    EXPECT_DOUBLE_EQ(curve.rate_at(0), 250);
    EXPECT_DOUBLE_EQ(curve.rate_at(100), 250);
    EXPECT_DOUBLE_EQ(curve.expected_by(4), 1000);
    EXPECT_DOUBLE_EQ(curve.time_of(1000), 4);
}

TEST(RateCurve, ClosedFormEqualsTheIntegralOfTheRate) {
    const RateCurve curve(constant(100, kUpHoldDown), 1s);
    constexpr double kStep = 1e-4;
    double integral = 0;
    for (int i = 0; i < 110'000; ++i) {
        const double middle = (i + 0.5) * kStep;
        integral += curve.rate_at(middle) * kStep;
        if (i % 1000 == 999) {
            ASSERT_NEAR(curve.expected_by((i + 1) * kStep), integral, 1e-3);
        }
    }
    // 1 s at 100, a ramp to 400 in 3 s, 2 s at 400, and down to nothing in 4 s.
    EXPECT_NEAR(integral, 100 + 750 + 800 + 800, 1e-3);
}

TEST(RateCurve, TimeOfIsTheInverseOfExpectedBy) {
    const RateCurve curve(constant(100, kUpHoldDown), 1s);
    for (double count = 0.5; count < 2450; count += 0.5) {
        const double time = curve.time_of(count);
        ASSERT_NEAR(curve.expected_by(time), count, 1e-6) << "at " << time;
    }
    EXPECT_TRUE(std::isinf(curve.time_of(2451)));
}

TEST(RateCurve, ARampFromZeroBeginsWithTheFirstRequestsFarApart) {
    const RateCurve curve(constant(0, {{200, 10s}}), 0s);
    EXPECT_NEAR(curve.time_of(10), 1, 1e-9);  // 10 t^2
    EXPECT_NEAR(curve.time_of(1000), 10, 1e-9);
    EXPECT_NEAR(curve.time_of(1200), 11, 1e-9);
}

TEST(RateCurve, NearlyFlatRampsLoseNoPrecision) {
    const RateCurve curve(constant(1000, {{1000.0000001, 10s}}), 0s);
    EXPECT_NEAR(curve.time_of(5000), 5, 1e-9);
}

TEST(Schedule, ConstantArrivalsDoNotDrift) {
    Schedule schedule(constant(3), 0s, 1);
    schedule.skip(2'999'999);
    EXPECT_EQ(schedule.next(), 999'999'666'666'667ns);
    EXPECT_EQ(schedule.next(), 1'000'000s);
}

TEST(Schedule, ThreadsTogetherWalkTheWholeScheduleOnce) {
    for (const auto& model : {constant(1000, kUpHoldDown), poisson(1000, kUpHoldDown)}) {
        std::vector<Nanoseconds> whole;
        Schedule schedule(model, 1s, 9);
        for (int k = 0; k < 999; ++k) {
            whole.push_back(schedule.next());
        }
        std::vector<Nanoseconds> shared;
        for (std::uint64_t thread = 0; thread < 3; ++thread) {
            Schedule part(model, 1s, 9);
            part.skip(thread);
            for (int k = 0; k < 333; ++k) {
                shared.push_back(part.next());
                part.skip(2);
            }
        }
        std::sort(shared.begin(), shared.end());
        EXPECT_EQ(shared, whole);
    }
}

TEST(Schedule, EndsWhenTheRateEndsAtZero) {
    Schedule schedule(constant(10, {{0, 2s}}), 0s, 1);
    int count = 0;
    while (schedule.next() != Nanoseconds::max()) {
        ++count;
    }
    EXPECT_EQ(count, 11);  // t_0 ... t_10: the ramp expects ten in all
}

TEST(Schedule, PoissonGapsAreExponential) {
    Schedule schedule(poisson(5000), 0s, 42);
    constexpr std::size_t kCount = 20'000;
    std::vector<double> transformed;
    Nanoseconds last{};
    for (std::size_t k = 0; k < kCount; ++k) {
        const Nanoseconds time = schedule.next();
        transformed.push_back(1 - std::exp(-to_seconds(time - last) * 5000));
        last = time;
    }
    EXPECT_LT(distance_to_uniform(transformed), critical_distance(kCount));
}

TEST(Schedule, PoissonRampIsPoissonInRescaledTime) {
    const RateCurve curve(poisson(100, {{5000, 5s}}), 0s);
    Schedule schedule(poisson(100, {{5000, 5s}}), 0s, 7);
    std::vector<double> transformed;
    double last = 0;
    for (int k = 0; k < 12'000; ++k) {
        const double expected = curve.expected_by(to_seconds(schedule.next()));
        transformed.push_back(1 - std::exp(-(expected - last)));
        last = expected;
    }
    EXPECT_LT(distance_to_uniform(transformed), critical_distance(transformed.size()));
}

TEST(Schedule, PoissonGapsAreNotCorrelated) {
    Schedule schedule(poisson(1000), 0s, 3);
    std::vector<double> gaps;
    Nanoseconds last{};
    for (int k = 0; k < 20'000; ++k) {
        const Nanoseconds time = schedule.next();
        gaps.push_back(to_seconds(time - last) * 1000 - 1);
        last = time;
    }
    double product = 0;
    for (std::size_t i = 1; i < gaps.size(); ++i) {
        product += gaps[i] * gaps[i - 1];
    }
    EXPECT_LT(std::abs(product / static_cast<double>(gaps.size())), 4 / std::sqrt(20'000.0));
}

TEST(Schedule, TheSeedDecides) {
    Schedule one(poisson(10), 0s, 1);
    Schedule same(poisson(10), 0s, 1);
    Schedule other(poisson(10), 0s, 2);
    const Nanoseconds first = one.next();
    EXPECT_EQ(first, same.next());
    EXPECT_NE(first, other.next());
}

}  // namespace
}  // namespace benchhost::load

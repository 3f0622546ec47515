// Tests of whether a difference between a few rounds can be chance, and how large it is. Exact for
// small samples, because rounds are few and nothing is known about their distribution.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace benchhost::stats {

/// A two-sided test. All samples of this file are finite numbers.
struct TestResult {
    double p = 1;        ///< not adjusted for other tests
    double least_p = 1;  ///< the smallest p any data of this size could have given
    bool exact = true;   ///< false: by random flips with a fixed seed, or a normal approximation
};

/// Where a difference lies. `confidence` is what the interval really covers: at least what was
/// asked for, more because few rounds allow few levels.
struct Interval {
    double low = 0;
    double high = 0;
    double confidence = 0;
};

/// Sign-flip test of paired differences: the share of all 2^n choices of signs whose sum is at
/// least as far from 0. Exact up to 30 pairs.
TestResult sign_flip_test(const std::vector<double>& differences);

/// Mann-Whitney test of two independent samples by the exact distribution of the rank sum, ties
/// included, up to 100 values together.
TestResult mann_whitney_test(const std::vector<double>& first, const std::vector<double>& second);

/// The smallest two-sided p of a sign-flip test: 2 / 2^pairs.
double least_p_of_pairs(std::size_t pairs);

/// The smallest two-sided p of a Mann-Whitney test: 2 / binomial(first + second, first).
double least_p_of_samples(std::size_t first, std::size_t second);

/// p-values adjusted for having asked them all (Holm), in the order given.
std::vector<double> holm(const std::vector<double>& p_values);

/// Hodges-Lehmann centre of paired differences: median of the means of all pairs of them, each
/// with itself included. Absent without differences.
std::optional<double> centre_of_pairs(const std::vector<double>& differences);

/// Hodges-Lehmann shift: median of all first[i] - second[j]. Absent when a sample is empty.
std::optional<double> centre_of_samples(const std::vector<double>& first,
                                        const std::vector<double>& second);

/// The interval around centre_of_pairs that the exact signed-rank distribution gives. Absent when
/// so few pairs cannot reach `confidence` (fewer than 6 for 0.95).
std::optional<Interval> interval_of_pairs(const std::vector<double>& differences,
                                          double confidence);

/// The interval around centre_of_samples that the exact rank-sum distribution gives (normal beyond
/// 100 values). Absent when samples so small cannot reach `confidence`.
std::optional<Interval> interval_of_samples(const std::vector<double>& first,
                                            const std::vector<double>& second, double confidence);

}  // namespace benchhost::stats

#include "core/stats/significance.hpp"

#include "core/stats/rank_sum.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>

namespace benchhost::stats {
namespace {

constexpr std::size_t kMostExactPairs = 30;
constexpr std::size_t kRandomFlips = 99'999;

// Sums that differ only by rounding are equal.
constexpr double kRounding = 1e-12;

std::vector<double> all_signed_sums(const double* values, std::size_t count) {
    std::vector<double> sums{0};
    for (std::size_t i = 0; i < count; ++i) {
        const auto half = sums.size();
        sums.resize(2 * half);
        for (std::size_t j = 0; j < half; ++j) {
            sums[half + j] = sums[j] - values[i];
            sums[j] += values[i];
        }
    }
    return sums;
}

// The share of all choices of signs whose sum is at least `bound` > 0: the sums of either half of
// the values are listed, and matched by a search in the sorted second list.
double share_of_sums_from(const std::vector<double>& values, double bound) {
    const auto half = values.size() / 2;
    const auto first = all_signed_sums(values.data(), half);
    auto second = all_signed_sums(values.data() + half, values.size() - half);
    std::sort(second.begin(), second.end());
    std::uint64_t reached = 0;
    for (const double sum : first) {
        reached += static_cast<std::uint64_t>(
            second.end() - std::lower_bound(second.begin(), second.end(), bound - sum));
    }
    return std::ldexp(static_cast<double>(reached), -static_cast<int>(values.size()));
}

// A byte of a random word chooses the signs of eight values, whose sum is looked up.
double random_flips_p(const std::vector<double>& values, double bound) {
    constexpr std::size_t kAtOnce = 8;
    constexpr std::size_t kBytes = sizeof(std::uint64_t);
    std::vector<std::vector<double>> sums;
    for (std::size_t i = 0; i < values.size(); i += kAtOnce) {
        sums.push_back(all_signed_sums(&values[i], std::min(kAtOnce, values.size() - i)));
    }
    std::mt19937_64 random(20'190'718);  // fixed: the same data always give the same p
    std::size_t reached = 1;             // the signs that were seen
    for (std::size_t flip = 0; flip < kRandomFlips; ++flip) {
        double sum = 0;
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            bits = i % kBytes == 0 ? random() : bits >> 8U;
            sum += sums[i][bits & (sums[i].size() - 1)];
        }
        if (std::abs(sum) >= bound) {
            ++reached;
        }
    }
    return static_cast<double>(reached) / static_cast<double>(kRandomFlips + 1);
}

}  // namespace

TestResult sign_flip_test(const std::vector<double>& differences) {
    TestResult result;
    result.least_p = least_p_of_pairs(differences.size());
    double sum = 0;
    double sum_of_sizes = 0;
    for (const double difference : differences) {
        sum += difference;
        sum_of_sizes += std::abs(difference);
    }
    const double bound = std::abs(sum) - kRounding * sum_of_sizes;
    if (bound <= 0) {
        return result;
    }
    result.exact = differences.size() <= kMostExactPairs;
    result.p = result.exact ? std::min(1.0, 2 * share_of_sums_from(differences, bound))
                            : random_flips_p(differences, bound);
    return result;
}

TestResult mann_whitney_test(const std::vector<double>& first, const std::vector<double>& second) {
    TestResult result;
    result.least_p = least_p_of_samples(first.size(), second.size());
    if (first.empty() || second.empty()) {
        return result;
    }
    const auto ranks = doubled_midranks(first, second);
    result.exact = ranks.size() <= kMostExactRanks;
    result.p = result.exact ? exact_rank_sum_p(ranks, first.size())
                            : normal_rank_sum_p(ranks, first.size());
    return result;
}

double least_p_of_pairs(std::size_t pairs) {
    return pairs == 0 ? 1 : std::ldexp(2.0, -static_cast<int>(std::min<std::size_t>(pairs, 1000)));
}

double least_p_of_samples(std::size_t first, std::size_t second) {
    double choices = 1;
    for (std::size_t i = 1; i <= std::min(first, second); ++i) {
        choices *= static_cast<double>(std::max(first, second) + i) / static_cast<double>(i);
    }
    return std::min(1.0, 2 / choices);
}

std::vector<double> holm(const std::vector<double>& p_values) {
    std::vector<std::size_t> order(p_values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        return p_values[left] < p_values[right];
    });
    std::vector<double> adjusted(p_values.size());
    double largest = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto tests_left = static_cast<double>(order.size() - i);
        largest = std::max(largest, std::min(1.0, tests_left * p_values[order[i]]));
        adjusted[order[i]] = largest;
    }
    return adjusted;
}

}  // namespace benchhost::stats

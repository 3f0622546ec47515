// The distribution of rank sums under chance: what the Mann-Whitney test and the exact intervals
// stand on. For significance.cpp and interval.cpp only.
#pragma once

#include <cstddef>
#include <vector>

namespace benchhost::stats {

/// Beyond so many values together the normal approximation takes over.
inline constexpr std::size_t kMostExactRanks = 100;

/// Twice the rank (so that midranks of ties are whole) of each value of `first`, then of `second`,
/// among all of them.
std::vector<std::size_t> doubled_midranks(const std::vector<double>& first,
                                          const std::vector<double>& second);

/// By sum: the chance that `chosen` of `ranks`, drawn without replacement, add up to it.
std::vector<double> chances_of_sums(const std::vector<std::size_t>& ranks, std::size_t chosen);

/// By sum: the chance of it when each of the ranks 1..count is taken with chance 1/2.
std::vector<double> chances_of_signed_ranks(std::size_t count);

/// Two-sided p of the sum of the first `first` ranks: twice the smaller tail.
double exact_rank_sum_p(const std::vector<std::size_t>& ranks, std::size_t first);
double normal_rank_sum_p(const std::vector<std::size_t>& ranks, std::size_t first);

}  // namespace benchhost::stats

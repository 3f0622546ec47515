#include "core/stats/rank_sum.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace benchhost::stats {

std::vector<std::size_t> doubled_midranks(const std::vector<double>& first,
                                          const std::vector<double>& second) {
    std::vector<double> values(first);
    values.insert(values.end(), second.begin(), second.end());
    std::vector<double> sorted(values);
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::size_t> ranks(values.size());
    std::transform(values.begin(), values.end(), ranks.begin(), [&](double value) {
        const auto [from, to] = std::equal_range(sorted.begin(), sorted.end(), value);
        // The ranks from + 1 .. to share their mean.
        return static_cast<std::size_t>((from - sorted.begin()) + (to - sorted.begin()) + 1);
    });
    return ranks;
}

std::vector<double> chances_of_sums(const std::vector<std::size_t>& ranks, std::size_t chosen) {
    // ways[k][s]: of the ranks looked at so far, how often k of them add up to s.
    const auto most = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
    std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(most + 1));
    ways[0][0] = 1;
    std::size_t seen = 0;
    std::size_t seen_sum = 0;
    for (const auto rank : ranks) {
        ++seen;
        seen_sum += rank;
        for (std::size_t k = std::min(seen, chosen); k > 0; --k) {
            for (std::size_t sum = rank; sum <= seen_sum; ++sum) {
                ways[k][sum] += ways[k - 1][sum - rank];
            }
        }
    }
    auto& chances = ways[chosen];
    const double all = std::accumulate(chances.begin(), chances.end(), 0.0);
    std::transform(chances.begin(), chances.end(), chances.begin(),
                   [&](double count) { return count / all; });
    return std::move(chances);
}

std::vector<double> chances_of_signed_ranks(std::size_t count) {
    std::vector<double> chances(count * (count + 1) / 2 + 1);
    chances[0] = 1;
    std::size_t most = 0;
    for (std::size_t rank = 1; rank <= count; ++rank) {
        most += rank;
        for (std::size_t sum = most + 1; sum-- > 0;) {
            chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2;
        }
    }
    return chances;
}

double exact_rank_sum_p(const std::vector<std::size_t>& ranks, std::size_t first) {
    const auto middle = ranks.begin() + static_cast<std::ptrdiff_t>(first);
    // The smaller sample has the smaller table and the same p.
    const bool count_first = first <= ranks.size() - first;
    const auto chances = chances_of_sums(ranks, count_first ? first : ranks.size() - first);
    const auto sum =
        count_first
            ? std::accumulate(
                  ranks.begin(), middle, std::ptrdiff_t{0},
                  [](auto so_far, auto rank) { return so_far + static_cast<std::ptrdiff_t>(rank); })
            : std::accumulate(middle, ranks.end(), std::ptrdiff_t{0}, [](auto so_far, auto rank) {
                  return so_far + static_cast<std::ptrdiff_t>(rank);
              });
    const double up_to = std::accumulate(chances.begin(), chances.begin() + sum + 1, 0.0);
    const double from = std::accumulate(chances.begin() + sum, chances.end(), 0.0);
    return std::min(1.0, 2 * std::min(up_to, from));
}

double normal_rank_sum_p(const std::vector<std::size_t>& ranks, std::size_t first) {
    const auto all = static_cast<double>(ranks.size());
    const auto chosen = static_cast<double>(first);
    double sum = 0;
    double squares = 0;  // around the mean rank: ties make them fewer
    const double mean = (all + 1) / 2;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        const double rank = static_cast<double>(ranks[i]) / 2;
        sum += i < first ? rank : 0;
        squares += (rank - mean) * (rank - mean);
    }
    const double variance = chosen * (all - chosen) / (all * (all - 1)) * squares;
    const double distance = std::max(0.0, std::abs(sum - chosen * mean) - 0.5);
    return variance > 0 ? std::erfc(distance / std::sqrt(2 * variance)) : 1;
}

}  // namespace benchhost::stats

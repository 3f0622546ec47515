// How large a difference is: the Hodges-Lehmann estimates of significance.hpp.
#include "core/stats/rank_sum.hpp"
#include "core/stats/significance.hpp"
#include "core/stats/summary.hpp"

#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>

namespace benchhost::stats {
namespace {

std::vector<double> walsh_averages(const std::vector<double>& values) {
    std::vector<double> averages;
    averages.reserve(values.size() * (values.size() + 1) / 2);
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = i; j < values.size(); ++j) {
            averages.push_back((values[i] + values[j]) / 2);
        }
    }
    return averages;
}

std::vector<double> all_differences(const std::vector<double>& first,
                                    const std::vector<double>& second) {
    std::vector<double> differences;
    differences.reserve(first.size() * second.size());
    for (const double one : first) {
        for (const double other : second) {
            differences.push_back(one - other);
        }
    }
    return differences;
}

// How many of the sorted estimates may be cut off at either end, and what is left over in doubt.
struct Cut {
    std::size_t count = 0;
    double tail = 0;  // the chance of one end
};

// The largest cut whose tail stays within `most_tail`; chances[i] is the chance of i cut off.
Cut exact_cut(const std::vector<double>& chances, std::size_t offset, std::size_t step,
              double most_tail) {
    Cut cut;
    double tail = 0;
    for (std::size_t i = offset; i < chances.size(); i += step) {
        tail += chances[i];
        if (tail > most_tail) {
            break;
        }
        ++cut.count;
        cut.tail = tail;
    }
    return cut;
}

Cut normal_cut(std::size_t first, std::size_t second, double most_tail) {
    const auto m = static_cast<double>(first);
    const auto n = static_cast<double>(second);
    const boost::math::normal_distribution<double> normal(m * n / 2,
                                                          std::sqrt(m * n * (m + n + 1) / 12));
    const double count = std::floor(boost::math::quantile(normal, most_tail));
    return {static_cast<std::size_t>(std::max(count, 0.0)), most_tail};
}

std::optional<Interval> interval_of(std::vector<double> estimates, const Cut& cut) {
    if (cut.count == 0 || 2 * cut.count > estimates.size()) {
        return std::nullopt;
    }
    std::sort(estimates.begin(), estimates.end());
    return Interval{estimates[cut.count - 1], estimates[estimates.size() - cut.count],
                    1 - 2 * cut.tail};
}

}  // namespace

std::optional<double> centre_of_pairs(const std::vector<double>& differences) {
    return median(walsh_averages(differences));
}

std::optional<double> centre_of_samples(const std::vector<double>& first,
                                        const std::vector<double>& second) {
    return median(all_differences(first, second));
}

std::optional<Interval> interval_of_pairs(const std::vector<double>& differences,
                                          double confidence) {
    const auto chances = chances_of_signed_ranks(differences.size());
    return interval_of(walsh_averages(differences), exact_cut(chances, 0, 1, (1 - confidence) / 2));
}

std::optional<Interval> interval_of_samples(const std::vector<double>& first,
                                            const std::vector<double>& second, double confidence) {
    const double most_tail = (1 - confidence) / 2;
    const auto all = first.size() + second.size();
    if (all > kMostExactRanks) {
        return interval_of(all_differences(first, second),
                           normal_cut(first.size(), second.size(), most_tail));
    }
    std::vector<std::size_t> doubled_ranks(all);
    for (std::size_t i = 0; i < all; ++i) {
        doubled_ranks[i] = 2 * (i + 1);
    }
    const auto chosen = std::min(first.size(), second.size());
    // Sums begin at 2 * (1 + .. + chosen) and go in steps of 2.
    return interval_of(
        all_differences(first, second),
        exact_cut(chances_of_sums(doubled_ranks, chosen), chosen * (chosen + 1), 2, most_tail));
}

}  // namespace benchhost::stats

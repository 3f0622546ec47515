#include "core/stats/ranking.hpp"

#include "core/stats/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace benchhost::stats {
namespace {

constexpr std::size_t kMostRounds = 1000;

bool has_value(const Contender& contender, std::size_t round) {
    return round < contender.log_values.size() && contender.log_values[round] &&
           std::isfinite(*contender.log_values[round]);
}

std::vector<double> values_of(const Contender& contender) {
    std::vector<double> values;
    for (std::size_t round = 0; round < contender.log_values.size(); ++round) {
        if (has_value(contender, round)) {
            values.push_back(*contender.log_values[round]);
        }
    }
    return values;
}

std::vector<double> differences_of(const Contender& first, const Contender& second) {
    std::vector<double> differences;
    for (std::size_t round = 0; round < first.log_values.size(); ++round) {
        if (has_value(first, round) && has_value(second, round)) {
            differences.push_back(*first.log_values[round] - *second.log_values[round]);
        }
    }
    return differences;
}

// A contender with what is asked of it again and again.
struct Candidate {
    const Contender* contender = nullptr;
    std::vector<double> values;
    std::optional<double> middle;
};
using Candidates = std::vector<Candidate>;

void sort_by_median(Candidates& candidates, Better better) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](const Candidate& left, const Candidate& right) {
                         if (!left.middle || !right.middle) {
                             return left.middle && !right.middle;
                         }
                         return better == Better::higher ? *left.middle > *right.middle
                                                         : *left.middle < *right.middle;
                     });
}

std::size_t fewest_shared_rounds(const Candidates& candidates) {
    auto fewest = candidates.front().values.size();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        for (std::size_t j = i + 1; j < candidates.size(); ++j) {
            fewest = std::min(
                fewest, differences_of(*candidates[i].contender, *candidates[j].contender).size());
        }
    }
    return fewest;
}

// Moves those with the fewest rounds out of `candidates` until each pair of the rest could differ
// significantly, or fewer than two are left. Returns those moved out.
Candidates take_out_untestable(Candidates& candidates, double alpha) {
    Candidates out;
    while (candidates.size() >= 2 &&
           fewest_shared_rounds(candidates) < rounds_needed(candidates.size(), alpha)) {
        auto fewest = candidates.front().values.size();
        for (const auto& candidate : candidates) {
            fewest = std::min(fewest, candidate.values.size());
        }
        const auto first_out =
            std::stable_partition(candidates.begin(), candidates.end(),
                                  [&](const auto& each) { return each.values.size() > fewest; });
        out.insert(out.end(), first_out, candidates.end());
        candidates.erase(first_out, candidates.end());
    }
    if (candidates.size() < 2) {
        out.insert(out.end(), candidates.begin(), candidates.end());
        candidates.clear();
    }
    return out;
}

// All pairs (i, j), i < j, of candidates in the order of their medians.
class PairTable {
  public:
    PairTable(const Candidates& candidates, Better better) : size_(candidates.size()) {
        std::vector<double> p_values;
        for (std::size_t i = 0; i < size_; ++i) {
            for (std::size_t j = i + 1; j < size_; ++j) {
                const auto differences =
                    differences_of(*candidates[i].contender, *candidates[j].contender);
                const double sum = std::accumulate(differences.begin(), differences.end(), 0.0);
                in_order_.push_back(better == Better::higher ? sum > 0 : sum < 0);
                p_values.push_back(sign_flip_test(differences).p);
            }
        }
        adjusted_ = holm(p_values);
    }
    std::size_t pairs() const { return adjusted_.size(); }
    double adjusted_p(std::size_t i, std::size_t j) const { return adjusted_[place(i, j)]; }
    /// Whether the rounds show j to be worse, as its median says.
    bool is_behind(std::size_t i, std::size_t j, double alpha) const {
        return in_order_[place(i, j)] && adjusted_p(i, j) < alpha;
    }

  private:
    std::size_t place(std::size_t i, std::size_t j) const {
        return i * size_ - i * (i + 1) / 2 + (j - i - 1);
    }

    std::size_t size_;
    std::vector<bool> in_order_;
    std::vector<double> adjusted_;
};

RankedServer describe(const Candidate& candidate, const Candidate& first, double alpha) {
    RankedServer server;
    server.id = candidate.contender->id;
    server.rounds = candidate.values.size();
    server.median_log = candidate.middle;
    if (&candidate != &first) {
        server.against_first = compare_paired(*candidate.contender, *first.contender, 1 - alpha);
    }
    return server;
}

// One past the last server that is not significantly behind `first`.
std::size_t end_of_group(const PairTable& table, std::size_t first, std::size_t size,
                         double alpha) {
    for (auto last = size - 1; last > first; --last) {
        if (!table.is_behind(first, last, alpha)) {
            return last + 1;
        }
    }
    return first + 1;
}

}  // namespace

std::optional<PairedComparison> compare_paired(const Contender& first, const Contender& second,
                                               double confidence) {
    const auto differences = differences_of(first, second);
    const auto centre = centre_of_pairs(differences);
    if (!centre) {
        return std::nullopt;
    }
    return PairedComparison{differences.size(), *centre, interval_of_pairs(differences, confidence),
                            sign_flip_test(differences)};
}

std::size_t rounds_needed(std::size_t servers, double alpha) {
    if (servers < 2) {
        return 0;
    }
    const double pairs = static_cast<double>(servers) * static_cast<double>(servers - 1) / 2;
    std::size_t rounds = 1;
    while (rounds < kMostRounds && pairs * least_p_of_pairs(rounds) >= alpha) {
        ++rounds;
    }
    return rounds;
}

Ranking rank(const std::vector<Contender>& contenders, Better better, double alpha) {
    Ranking ranking;
    ranking.alpha = alpha;
    ranking.rounds_needed = rounds_needed(contenders.size(), alpha);
    Candidates candidates;
    for (const auto& contender : contenders) {
        auto values = values_of(contender);
        const auto middle = median(values);
        candidates.push_back({&contender, std::move(values), middle});
    }
    auto untested = take_out_untestable(candidates, alpha);
    sort_by_median(candidates, better);
    sort_by_median(untested, better);

    const PairTable table(candidates, better);
    ranking.tested = candidates.size();
    ranking.pairs = table.pairs();
    for (std::size_t first = 0; first < candidates.size();) {
        const auto end = end_of_group(table, first, candidates.size(), alpha);
        RankGroup group;
        group.rank = static_cast<std::uint32_t>(first + 1);
        for (auto i = first; i < end; ++i) {
            group.members.push_back(describe(candidates[i], candidates[first], alpha));
            if (i != first) {
                group.members.back().adjusted_p = table.adjusted_p(first, i);
            }
        }
        ranking.groups.push_back(std::move(group));
        first = end;
    }
    if (!untested.empty()) {
        RankGroup group;
        for (const auto& candidate : untested) {
            group.members.push_back(describe(candidate, untested.front(), alpha));
        }
        ranking.groups.push_back(std::move(group));
    }
    return ranking;
}

std::string explain(const Ranking& ranking) {
    if (ranking.tested > 0) {
        return fmt::format(
            "Servers of one rank do not differ significantly from its first (sign-flip test paired "
            "by round, Holm over {} pairs, alpha {}).",
            ranking.pairs, ranking.alpha);
    }
    if (ranking.rounds_needed == 0) {
        return "Ranks not tested: there is nothing to compare with.";
    }
    return fmt::format(
        "Ranks not tested: no difference can be significant before every two servers share {} "
        "rounds (sign-flip test, Holm over all pairs, alpha {}). The order is that of the medians.",
        ranking.rounds_needed, ranking.alpha);
}

}  // namespace benchhost::stats

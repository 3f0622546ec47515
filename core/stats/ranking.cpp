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

bool is_compared(const Candidate& one, const Candidate& other) {
    return !one.contender->is_bound || !other.contender->is_bound;
}

template <class Visit>
void for_each_pair(const Candidates& candidates, Visit visit) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        for (std::size_t j = i + 1; j < candidates.size(); ++j) {
            if (is_compared(candidates[i], candidates[j])) {
                visit(i, j);
            }
        }
    }
}

std::size_t pairs_of(const Candidates& candidates) {
    std::size_t pairs = 0;
    for_each_pair(candidates, [&](std::size_t /*i*/, std::size_t /*j*/) { ++pairs; });
    return pairs;
}

std::size_t rounds_for_pairs(std::size_t pairs, double alpha) {
    if (pairs == 0) {
        return 0;
    }
    std::size_t rounds = 1;
    while (rounds < kMostRounds && static_cast<double>(pairs) * least_p_of_pairs(rounds) >= alpha) {
        ++rounds;
    }
    return rounds;
}

std::size_t fewest_shared_rounds(const Candidates& candidates) {
    auto fewest = kMostRounds;
    for_each_pair(candidates, [&](std::size_t i, std::size_t j) {
        fewest = std::min(
            fewest, differences_of(*candidates[i].contender, *candidates[j].contender).size());
    });
    return fewest;
}

// Moves those with the fewest rounds out of `candidates` until each pair of the rest could differ
// significantly, or no pair is left. Returns those moved out.
Candidates take_out_untestable(Candidates& candidates, double alpha) {
    Candidates out;
    while (pairs_of(candidates) > 0 &&
           fewest_shared_rounds(candidates) < rounds_for_pairs(pairs_of(candidates), alpha)) {
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
    if (pairs_of(candidates) == 0) {
        out.insert(out.end(), candidates.begin(), candidates.end());
        candidates.clear();
    }
    return out;
}

// All pairs of candidates but those of two bounds.
class PairTable {
  public:
    PairTable(const Candidates& candidates, Better better) : size_(candidates.size()) {
        sums_.resize(size_ * size_);
        adjusted_.assign(size_ * size_, 1);
        std::vector<double> p_values;
        for_each_pair(candidates, [&](std::size_t i, std::size_t j) {
            const auto differences =
                differences_of(*candidates[i].contender, *candidates[j].contender);
            const double sum = std::accumulate(differences.begin(), differences.end(), 0.0);
            sums_[i * size_ + j] = better == Better::higher ? sum : -sum;
            sums_[j * size_ + i] = -sums_[i * size_ + j];
            p_values.push_back(sign_flip_test(differences).p);
        });
        pairs_ = p_values.size();
        const auto adjusted = holm(p_values);
        std::size_t next = 0;
        for_each_pair(candidates, [&](std::size_t i, std::size_t j) {
            adjusted_[i * size_ + j] = adjusted_[j * size_ + i] = adjusted[next++];
        });
    }
    std::size_t pairs() const { return pairs_; }
    double adjusted_p(std::size_t i, std::size_t j) const { return adjusted_[i * size_ + j]; }
    /// Whether the rounds show i to be better than j. Nobody asks that of a bound j.
    bool is_ahead(std::size_t i, std::size_t j, double alpha) const {
        return sums_[i * size_ + j] > 0 && adjusted_p(i, j) < alpha;
    }

  private:
    std::size_t size_;
    std::size_t pairs_ = 0;
    std::vector<double> sums_, adjusted_;
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

// One past the last server before `end` that is not significantly behind `first`.
std::size_t end_of_group(const PairTable& table, std::size_t first, std::size_t end, double alpha) {
    for (auto last = end - 1; last > first; --last) {
        if (!table.is_ahead(first, last, alpha)) {
            return last + 1;
        }
    }
    return first + 1;
}

// Bounds behind all others, which stay in their order. Returns how many others there are.
std::size_t move_bounds_back(Candidates& candidates) {
    const auto bounds =
        std::stable_partition(candidates.begin(), candidates.end(),
                              [](const auto& each) { return !each.contender->is_bound; });
    return static_cast<std::size_t>(bounds - candidates.begin());
}

// Groups of candidates by their tests; the first `exact` of them are no bounds.
void add_tested_groups(Ranking& ranking, const Candidates& candidates, const PairTable& table,
                       std::size_t exact) {
    std::vector<bool> is_ahead(candidates.size(), false);
    for (std::size_t first = 0; first < exact;) {
        const auto end = end_of_group(table, first, exact, ranking.alpha);
        RankGroup group;
        for (auto i = first; i < end; ++i) {
            group.members.push_back(describe(candidates[i], candidates[first], ranking.alpha));
            if (i != first) {
                group.members.back().adjusted_p = table.adjusted_p(first, i);
            }
        }
        for (auto bound = exact; bound < candidates.size(); ++bound) {
            bool all = true;
            for (auto i = first; i < end; ++i) {
                all = all && table.is_ahead(bound, i, ranking.alpha);
            }
            is_ahead[bound] = is_ahead[bound] || all;
            if (is_ahead[bound]) {
                group.bounds_ahead.push_back(candidates[bound].contender->id);
            }
        }
        group.rank = static_cast<std::uint32_t>(first + group.bounds_ahead.size() + 1);
        ranking.groups.push_back(std::move(group));
        first = end;
    }
}

void set_places(Ranking& ranking, const Candidates& bounds, Better better) {
    std::size_t before = 0;
    for (auto& group : ranking.groups) {
        for (auto& member : group.members) {
            const auto above =
                std::count_if(bounds.begin(), bounds.end(), [&](const Candidate& bound) {
                    return bound.middle && member.median_log &&
                           (better == Better::higher ? *bound.middle > *member.median_log
                                                     : *bound.middle < *member.median_log);
                });
            member.place = ++before + static_cast<std::size_t>(above);
        }
    }
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
    return servers < 2 ? 0 : rounds_for_pairs(servers * (servers - 1) / 2, alpha);
}

Ranking rank(const std::vector<Contender>& contenders, Better better, double alpha) {
    Ranking ranking;
    ranking.alpha = alpha;
    Candidates candidates;
    Candidates bounds;
    for (const auto& contender : contenders) {
        auto values = values_of(contender);
        const auto middle = median(values);
        candidates.push_back({&contender, std::move(values), middle});
        if (contender.is_bound) {
            bounds.push_back(candidates.back());
        }
    }
    ranking.rounds_needed = rounds_for_pairs(pairs_of(candidates), alpha);
    auto untested = take_out_untestable(candidates, alpha);
    sort_by_median(candidates, better);
    sort_by_median(untested, better);

    ranking.tested = move_bounds_back(candidates);
    const PairTable table(candidates, better);
    ranking.pairs = table.pairs();
    add_tested_groups(ranking, candidates, table, ranking.tested);
    untested.resize(move_bounds_back(untested));
    if (!untested.empty()) {
        RankGroup group;
        for (const auto& candidate : untested) {
            group.members.push_back(describe(candidate, untested.front(), alpha));
        }
        ranking.groups.push_back(std::move(group));
    }
    set_places(ranking, bounds, better);
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

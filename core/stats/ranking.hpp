// Who is ahead of whom, said only where the rounds can tell: ranks are groups.
#pragma once

#include "core/stats/significance.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::stats {

enum class Better { higher, lower };

/// One server's values, logarithms of a rate or a time, indexed by round; absent where the round
/// gave none that counts. Values that are not finite (a rate of 0) count as absent.
struct Contender {
    std::string id;
    std::vector<std::optional<double>> log_values;
    /// Something else was its limit: it does at least as well as its values. It takes no rank and
    /// is never counted as worse than anybody, but is ahead of whom it provably exceeds.
    bool is_bound = false;
};

/// Two servers over the rounds that both have. exp(centre) is the ratio of the first to the second.
struct PairedComparison {
    std::size_t pairs = 0;
    double centre = 0;
    std::optional<Interval> interval;  ///< absent: too few pairs for the confidence
    TestResult test;                   ///< sign-flip, not adjusted
};

/// Absent when no round has both.
std::optional<PairedComparison> compare_paired(const Contender& first, const Contender& second,
                                               double confidence);

struct RankedServer {
    std::string id;
    std::size_t rounds = 0;            ///< with a value
    std::optional<double> median_log;  ///< absent without any
    /// This server against the first of its group; absent for the first itself and without a
    /// shared round.
    std::optional<PairedComparison> against_first;
    /// The p of `against_first` adjusted by Holm over all pairs; absent when not tested.
    std::optional<double> adjusted_p;
    /// By the medians alone: 1 + how many stand before it, bounds included.
    std::size_t place = 0;
};

/// Servers in the order of their medians, the best first.
struct RankGroup {
    /// 1 + the number of servers in the groups ahead, each of whose first servers is significantly
    /// better than everyone in this group, + `bounds_ahead`. Absent: not tested. Then the order is
    /// that of the medians and claims nothing.
    std::optional<std::uint32_t> rank;
    std::vector<RankedServer> members;
    /// Ids of the bounds that are significantly better than everyone in this group, or in one
    /// before it.
    std::vector<std::string> bounds_ahead = {};
};

struct Ranking {
    double alpha = 0.05;
    std::size_t tested = 0;  ///< servers with a rank
    std::size_t pairs = 0;   ///< the family: comparisons that Holm adjusted for
    /// Rounds that every two servers must share before any difference could be significant among
    /// all contenders; 0 when there is no pair to compare.
    std::size_t rounds_needed = 0;
    /// First those with a rank; whoever cannot be tested stands together in the last one. Bounds
    /// are in none.
    std::vector<RankGroup> groups;
};

/// The fewest rounds with which the sign-flip test can reject anything at `alpha` after Holm over
/// all pairs of `servers`: 6 for 2 servers, 11 for 10. 0 with fewer than two servers.
std::size_t rounds_needed(std::size_t servers, double alpha = 0.05);

/// Sorts by median and tests all pairs but those of two bounds, paired by round, with Holm over all
/// of them. A group ends where everyone below differs significantly from its first. Servers with
/// too few rounds are left out of the tests rather than called equal; when that leaves no pair,
/// nobody is tested.
Ranking rank(const std::vector<Contender>& contenders, Better better, double alpha = 0.05);

/// One sentence for under the table: what was tested, or why nothing could be.
std::string explain(const Ranking& ranking);

}  // namespace benchhost::stats

// Ranks as people read them: "1a" and "1a" share a place, "(2)" stands by its median alone.
#pragma once

#include "core/stats/ranking.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

struct Ranking {
    std::vector<std::size_t> order;   ///< indices of the contenders, best first
    std::vector<std::string> labels;  ///< one for each contender, in their own order
    bool first_stands_alone = false;  ///< tested, and nobody shares the first place
    std::string caption;              ///< one sentence for the reader
};

/// Larger values are better. `contenders` have different ids.
Ranking rank(const std::vector<stats::Contender>& contenders);

}  // namespace benchhost::report

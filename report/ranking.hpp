// Ranks as groups: servers whose difference is not significant share a letter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace benchhost::report {

/// What one server reached, by round. All values are positive.
struct Contender {
    double median = 0;
    std::map<std::uint32_t, double> by_round;
};

struct Ranking {
    std::vector<std::string> ranks;  ///< one for each contender, in their order
    bool tested = false;             ///< false: by the median alone
    bool first_stands_alone = false;
    std::string caption;  ///< one sentence for the reader
};

/// `contenders` best first. Tests each pair on its log-ratios by round (exact sign-flip, Holm over
/// all pairs, alpha 0.05) when there are rounds enough for any pair to be told apart.
Ranking rank(const std::vector<Contender>& contenders);

}  // namespace benchhost::report

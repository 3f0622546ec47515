#include "report/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace benchhost::report {
namespace {

constexpr double kAlpha = 0.05;

}  // namespace

Ranking rank(const std::vector<Contender>& contenders) {
    Ranking ranking;
    std::size_t place = 0;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        if (i == 0 || contenders[i].median != contenders[i - 1].median) {
            place = i + 1;
        }
        ranking.ranks.push_back(fmt::format("({})", place));
    }
    ranking.caption = kAlpha > 0 ? "Ranks in brackets follow the median alone." : "";
    return ranking;
}

}  // namespace benchhost::report

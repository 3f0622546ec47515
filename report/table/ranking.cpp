#include "report/table/ranking.hpp"

#include "report/table/number.hpp"

#include <fmt/format.h>

#include <map>

namespace benchhost::report {
namespace {

// a ... z, aa, ab ...
std::string letters_of(std::size_t group) {
    std::string letters;
    for (std::size_t left = group + 1; left > 0; left = (left - 1) / 26) {
        letters.insert(letters.begin(), static_cast<char>('a' + (left - 1) % 26));
    }
    return letters;
}

}  // namespace

Ranking rank(const std::vector<stats::Contender>& contenders) {
    Ranking ranking;
    ranking.labels.resize(contenders.size());
    std::map<std::string, std::size_t> index_of;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        index_of[contenders[i].id] = i;
    }
    const stats::Ranking tested = stats::rank(contenders, stats::Better::higher);
    for (std::size_t group = 0; group < tested.groups.size(); ++group) {
        for (const stats::RankedServer& member : tested.groups[group].members) {
            const auto& place = tested.groups[group].rank;
            const std::size_t index = index_of.at(member.id);
            ranking.order.push_back(index);
            ranking.labels[index] = place ? fmt::format("{}{}", *place, letters_of(group))
                                          : fmt::format("({})", ranking.order.size());
        }
    }
    if (contenders.size() == 1) {
        ranking.labels.front() = kUnknown;  // first of one says nothing
    }
    ranking.first_stands_alone = tested.tested >= 2 && tested.groups.front().rank &&
                                 tested.groups.front().members.size() == 1;
    ranking.caption = stats::explain(tested);
    return ranking;
}

}  // namespace benchhost::report

#include "core/suite/plan.hpp"

#include <limits>
#include <random>
#include <utility>

namespace benchhost::suite {
namespace {

// Uniform in [0, bound): what falls into the incomplete last multiple of `bound` is drawn again.
std::uint64_t below(std::uint64_t bound, std::mt19937_64& random) {
    const auto most = std::numeric_limits<std::uint64_t>::max();
    const auto surplus = (most % bound + 1) % bound;
    while (true) {
        const auto drawn = random();
        if (drawn <= most - surplus) {
            return drawn % bound;
        }
    }
}

template <class Iterator>
void shuffle(Iterator first, std::size_t count, std::mt19937_64& random) {
    for (auto left = count; left > 1; --left) {
        const auto chosen = below(left, random);
        std::swap(first[static_cast<std::ptrdiff_t>(left - 1)],
                  first[static_cast<std::ptrdiff_t>(chosen)]);
    }
}

}  // namespace

Plan make_plan(const std::vector<std::string>& servers, const std::vector<std::string>& profiles,
               std::uint32_t rounds, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Plan plan;
    const auto per_round = servers.size() * profiles.size();
    plan.reserve(per_round * rounds);
    for (std::uint32_t round = 1; round <= rounds; ++round) {
        for (const auto& server : servers) {
            for (const auto& profile : profiles) {
                plan.push_back({server, profile, round});
            }
        }
        shuffle(plan.end() - static_cast<std::ptrdiff_t>(per_round), per_round, random);
    }
    return plan;
}

Plan make_mirrored_plan(const std::vector<std::vector<std::string>>& groups,
                        const std::vector<std::string>& profiles, std::uint32_t blocks,
                        std::uint64_t seed) {
    std::mt19937_64 random(seed);
    using Cell = std::pair<std::string, std::vector<std::string>>;  // a profile and a group
    std::vector<Cell> cells;
    for (const auto& group : groups) {
        for (const auto& profile : profiles) {
            cells.emplace_back(profile, group);
        }
    }
    Plan plan;
    for (std::uint32_t block = 1; block <= blocks; ++block) {
        shuffle(cells.begin(), cells.size(), random);
        for (auto& [profile, turns] : cells) {
            shuffle(turns.begin(), turns.size(), random);
            for (auto turn = turns.begin(); turn != turns.end(); ++turn) {
                plan.push_back({*turn, profile, 2 * block - 1});
            }
            for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
                plan.push_back({*turn, profile, 2 * block});
            }
        }
    }
    return plan;
}

}  // namespace benchhost::suite

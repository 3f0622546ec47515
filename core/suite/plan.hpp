// The trials of a suite in the order they will run.
#pragma once

#include "core/model/trial_spec.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::suite {

using Plan = std::vector<model::TrialSpec>;

/// Randomised complete blocks: each round runs every server under every profile once, in an order
/// shuffled anew with `seed` (std::mt19937_64 and our own Fisher-Yates, so that the order does not
/// depend on the standard library).
Plan make_plan(const std::vector<std::string>& servers, const std::vector<std::string>& profiles,
               std::uint32_t rounds, std::uint64_t seed);

/// Mirrored blocks: within a block the servers of a group take turns and then the same turns
/// backwards (A B C C B A), so that each of them stands as early as late on average and a steady
/// drift of the machine meets all alike. The turns, and the order of profiles and groups, are
/// shuffled anew in each block. The trials of block b are rounds 2b-1 and 2b.
Plan make_mirrored_plan(const std::vector<std::vector<std::string>>& groups,
                        const std::vector<std::string>& profiles, std::uint32_t blocks,
                        std::uint64_t seed);

}  // namespace benchhost::suite

// One load, many ranks: which threads of the whole each of them has.
#pragma once

#include "core/load/load.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace benchhost::cluster {

/// The specs of the ranks whose load threads run on `cpus`, by rank; absent: that rank has nothing
/// to do, because it has no processors or there are fewer connections than threads. Threads are
/// numbered through all ranks, and connections, users and the schedule's t_k divided by these
/// numbers. Pure.
std::vector<std::optional<load::LoadSpec>> divide_load(
    const load::LoadSpec& whole, const std::vector<std::vector<unsigned>>& cpus);

}  // namespace benchhost::cluster

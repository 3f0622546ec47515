// A rank that generates load: does what the coordinator orders until it may leave.
#pragma once

#include "core/cluster/link.hpp"

#include <atomic>

namespace benchhost::cluster {

/// Returns once the coordinator has let it go. `told_to_end` is set by a signal: the load then ends
/// early, and the coordinator is told; the rank itself stays until it may leave, because the
/// coordinator still asks for what was measured.
void serve_orders(Link& link, const std::atomic<bool>& told_to_end);

}  // namespace benchhost::cluster

// What a row's figures suggest to one who knows the usual traps.
#pragma once

#include "core/results/results.hpp"

#include <optional>
#include <string>

namespace benchhost::suite {

/// Half of the answers took as long as a delayed acknowledgement, while the server had nothing to
/// do. Nothing where its processor time is not known.
std::optional<std::string> delayed_ack_note(const results::Trial& trial);

}  // namespace benchhost::suite

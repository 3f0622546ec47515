// What a row's figures suggest to one who knows the usual traps.
#pragma once

#include "core/load/load.hpp"
#include "core/results/results.hpp"

#include <optional>
#include <string>
#include <vector>

namespace benchhost::trial {

/// Half of the answers took as long as a delayed acknowledgement, while the server had nothing to
/// do. Nothing where its processor time is not known.
std::optional<std::string> delayed_ack_note(const results::Trial& trial);

/// Pure: the limits that a load hit, and what explains its figures, in words for the row.
std::vector<std::string> notes_on(const load::LoadReport& report, const results::ServerUsage& usage,
                                  const std::optional<model::MachineHealth>& machine);

}  // namespace benchhost::trial

// The trials of a paired run: which of two builds each of them measured, and against which others
// it stands.
#pragma once

#include "core/base/units.hpp"
#include "core/results/results.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace benchhost::results {

/// Which build a trial of a paired run measured.
enum class Arm { base, head, again };  ///< again: a second copy of base, the A/A arm

struct ArmTrial {
    Arm arm = Arm::base;
    std::uint32_t block = 1;  ///< trials of one block ran close together, in balanced order
    Trial trial;
    /// Trials of one profile and one pair belong together, whatever their servers are called.
    std::string pair = {};
    std::optional<Nanoseconds> timeout = std::nullopt;  ///< of its profile, where it is known
};

}  // namespace benchhost::results

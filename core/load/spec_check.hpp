// Is a LoadSpec one that can be run?
#pragma once

#include "core/base/result.hpp"
#include "core/load/load.hpp"

#include <optional>

namespace benchhost::load {

/// The error (code usage) names the value, and both of two that contradict each other.
Status check_spec(const LoadSpec& spec);

/// The most requests a second that the model can ask; absent where the server decides.
std::optional<double> offered_ceiling(const plan::LoadModel& model);
/// Likewise, of the threads of this process.
std::optional<double> own_offered_ceiling(const LoadSpec& spec);

}  // namespace benchhost::load

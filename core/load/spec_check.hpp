// Is a LoadSpec one that can be run?
#pragma once

#include "core/base/result.hpp"
#include "core/load/load.hpp"

namespace benchhost::load {

/// The error (code usage) names the value, and both of two that contradict each other.
Status check_spec(const LoadSpec& spec);

}  // namespace benchhost::load

// Is a LoadSpec one that can be run?
#pragma once

#include "core/base/result.hpp"
#include "core/load/load.hpp"

#include <cstdint>

namespace benchhost::load {

inline constexpr std::uint32_t kMostPipelined = 1024;  ///< requests under way on a connection
inline constexpr std::uint32_t kMostThreads = 1024;

/// The error (code usage) names the value, and both of two that contradict each other.
Status check_spec(const LoadSpec& spec);

}  // namespace benchhost::load

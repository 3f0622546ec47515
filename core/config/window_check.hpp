// Whether the measured windows of a config are long enough for what is to be said of them.
#pragma once

#include "core/base/units.hpp"
#include "core/config/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace benchhost::config {

/// Why a window says too little, and what to change; nothing when it is long enough. A request that
/// hangs in a window shorter than the timeout neither fails nor is answered in it.
std::optional<std::string> why_too_short(Nanoseconds window, Nanoseconds timeout);

/// One for each profile whose window is too short.
std::vector<std::string> window_warnings(const SuiteConfig& config);

}  // namespace benchhost::config

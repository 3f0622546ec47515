// What a run prints: plain aligned text, narrow enough for a terminal.
#pragma once

#include "core/results/results.hpp"

#include <string>

namespace benchhost::report {

/// Headline, main table, captions and notes of every profile. No colours, no control characters.
std::string console(const results::ResultSet& results);

}  // namespace benchhost::report

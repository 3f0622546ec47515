// Where two reports of one load differ.
#pragma once

#include "core/load/load.hpp"
#include "tests/unit/simulation/reference_books.hpp"

#include <string>
#include <vector>

namespace benchhost::simulation {

/// A line for each figure: its name, what the engine counted, what it should have. Histograms are
/// compared by every bucket and by their exact ends.
std::vector<std::string> differences(const load::LoadReport& engine,
                                     const ReferenceReport& expected);

}  // namespace benchhost::simulation

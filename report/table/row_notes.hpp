// What a row has to say beside its numbers, one sentence each.
#pragma once

#include "report/table/table.hpp"

#include <cstdint>

namespace benchhost::report {

/// `row` is complete but for its notes. `planned_rounds` as the config asked for.
void add_notes(Row& row, const results::ProfileInfo& profile, std::uint32_t planned_rounds);

}  // namespace benchhost::report

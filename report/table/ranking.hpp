// Ranks as people read them: "1a" and "1a" share a place, "(2)" stands by its median alone.
#pragma once

#include "report/table/table.hpp"

namespace benchhost::report {

/// The numbers of `row` tell how fast its server is, as far as it was measured.
bool competes(const Row& row, Order order);
/// Its server does at least the rate that was measured.
bool proves(const results::Trial& trial);
/// All that was asked of it was answered.
bool kept_up(const Row& row);

/// Gives the rows, which are in the order of their medians, their ranks, and says what the rounds
/// tell of them. Ranked rows keep the places that they hold among the others, in the order of their
/// ranks.
void rank_rows(ProfileTable& table);

}  // namespace benchhost::report

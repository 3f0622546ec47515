// Whether a server answered in time what it was asked in a window.
#pragma once

#include "core/load/load.hpp"
#include "core/model/load_model.hpp"

#include <optional>
#include <string>

namespace benchhost::trial {

/// The least share of what was planned that has to be answered rightly, and in time.
inline constexpr double kAllOfTheOffer = 0.97;

/// Pure. Why less came back than the load asked for, in words; nothing when all of it did. Judged
/// by what was planned in this very window, never by a nominal rate. How often a connection asks in
/// a closed loop, or a user, is the server's own choice as well.
std::optional<std::string> why_fell_short(const load::LoadReport& report,
                                          const model::LoadModel& model);

}  // namespace benchhost::trial

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
/// by what was planned in this very window, never by a nominal rate. What a connection asks in a
/// closed loop is the server's own choice, so there only requests that outlast the window count.
std::optional<std::string> why_fell_short(const load::LoadReport& report,
                                          const model::LoadModel& model);

/// Pure. The time that users think on average, in seconds; 0 with any other load.
double mean_think_s(const model::LoadModel& model);

}  // namespace benchhost::trial

// Whether the way to the server was the limit.
#pragma once

#include "core/load/load.hpp"
#include "core/model/load_model.hpp"

#include <optional>
#include <string>

namespace benchhost::trial {

/// Pure. Why no server would have answered more of this load over its round trip, in words. Nothing
/// where that is no longer than within a machine, or did not take most of the time.
std::optional<std::string> why_link_bound(const load::LoadReport& report,
                                          const model::LoadModel& model);

/// Pure. "a round trip took 20.1 of the 31.4 ms to an answer": what a server that is the limit is
/// not to blame for. Nothing where the round trip is no longer than within a machine.
std::optional<std::string> share_of_the_link(const load::LoadReport& report);

}  // namespace benchhost::trial

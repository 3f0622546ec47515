// The requests of a profile, each answered rightly before any of them is measured.
#pragma once

#include "core/base/units.hpp"
#include "core/http/target.hpp"
#include "core/model/request_spec.hpp"
#include "core/results/results.hpp"
#include "core/trial/running_server.hpp"

#include <atomic>
#include <vector>

namespace benchhost::trial {

/// The requests as they are for a server whose URL has this path ("/" for none).
std::vector<model::RequestSpec> below(const std::string& base,
                                      std::vector<model::RequestSpec> requests);

/// Asks each until it is answered rightly or `patience` is over; the first once more with the wish
/// to keep the connection. Returns how the first was answered. The error is the reason in words.
Result<results::ProbedAnswer> probe_requests(RunningServer& server,
                                             const std::vector<model::RequestSpec>& requests,
                                             const model::Picks& picks, Nanoseconds patience,
                                             const std::atomic<bool>& stop);

}  // namespace benchhost::trial

// Results with every field set, and with as few as there can be.
#pragma once

#include "core/results/results.hpp"

namespace benchhost::results {

Trial full_trial();
Trial failed_trial();  ///< a server that did not start
ResultSet full_results();

}  // namespace benchhost::results

// report.html: one file that needs no network and no server.
#pragma once

#include "core/results/results.hpp"

#include <string>

namespace benchhost::report {

/// The tables stand in the document itself; scripts make them sortable and draw the charts. Nothing
/// of the results can become markup or script.
std::string html(const results::ResultSet& results);

}  // namespace benchhost::report

// Holds the descriptions of results.hpp against docs/results-schema.json.
#pragma once

#include <picojson.h>

#include <string>
#include <vector>

namespace benchhost::results {

/// What one of them says and the other does not, from ResultSet on down.
std::vector<std::string> description_faults(const picojson::value& schema);

}  // namespace benchhost::results

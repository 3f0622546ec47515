// Holds the descriptions of results.hpp against docs/results-schema.json.
#pragma once

#include <picojson.h>

#include <set>
#include <string>
#include <vector>

namespace benchhost::results {

/// What one of them says and the other does not, from ResultSet on down.
std::vector<std::string> description_faults(const picojson::value& schema);

/// Where each described member stands: ".trials[].requests.planned".
std::set<std::string> described_places(const picojson::value& schema);
/// Where anything stands in `json`, likewise.
std::set<std::string> places_in(const picojson::value& json);

}  // namespace benchhost::results

// Holds JSON against a JSON Schema (draft 2020-12) of the few keywords that ours uses.
#pragma once

#include <picojson.h>

#include <string>

namespace benchhost::results {

/// "" when `value` is valid, else the first place that is not and why. A keyword that is not known
/// here is a fault too: nothing in the schema goes unchecked.
std::string schema_fault(const picojson::value& value, const picojson::value& schema);

}  // namespace benchhost::results

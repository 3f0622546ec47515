// [profile.<name>]: one load, as the config describes it.
#pragma once

#include "core/plan/config.hpp"
#include "core/plan/ini.hpp"

namespace benchhost::plan {

/// The profile of a section whose name begins with "profile.". What is wrong goes to `problems`;
/// then the profile is of no use.
LoadProfile read_profile(const IniSection& section, Problems& problems);

}  // namespace benchhost::plan

// [profile.<name>]: one load, as the config describes it.
#pragma once

#include "core/config/config.hpp"
#include "core/config/config_key.hpp"
#include "core/config/ini.hpp"

#include <vector>

namespace benchhost::config {

/// The profile of a section whose name begins with "profile.". What is wrong goes to `problems`;
/// then the profile is of no use.
LoadProfile read_profile(const IniSection& section, Problems& problems);

/// The keys of any load, and then of each load those that none before it has.
std::vector<KeyTable> profile_tables();

}  // namespace benchhost::config

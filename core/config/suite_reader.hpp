// [suite], [payload], [limits], [gate], [cluster] and [server.<id>].
#pragma once

#include "core/config/config.hpp"
#include "core/config/config_key.hpp"
#include "core/config/ini.hpp"

#include <vector>

namespace benchhost::config {

// Each reads one section; what is wrong goes to `problems`.

void read_suite(const IniSection& section, SuiteConfig& config, Problems& problems);
/// Paths are relative to `folder`, the config's own.
void read_payload(const IniSection& section, const std::filesystem::path& folder,
                  model::PayloadSpec& payload, Problems& problems);
void read_limits(const IniSection& section, Limits& limits, Problems& problems);
void read_cluster(const IniSection& section, ClusterSpec& cluster, Problems& problems);
void read_gate(const IniSection& section, GateSpec& gate, Problems& problems);
ServerDefinition read_server(const IniSection& section, Problems& problems);

/// The keys of all these sections.
std::vector<KeyTable> suite_tables();

}  // namespace benchhost::config

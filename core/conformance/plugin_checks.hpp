// What a plugin is among others: its names and those of what was there before.
#pragma once

#include "core/conformance/findings.hpp"
#include "core/plugin/catalog.hpp"

#include <filesystem>

namespace benchhost::conformance {

/// The functions that it brings are those that are called.
Finding check_symbols(const plugin::PluginDescription& plugin);

/// No other plugin of a suite offers a server of this id.
Finding check_id(const plugin::ServerDescription& server, const std::filesystem::path& plugin,
                 const plugin::Catalog& others);

}  // namespace benchhost::conformance

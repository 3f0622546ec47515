// benchhost-serve --describe and --probe: what a plugin offers and whether it can run here.
#pragma once

#include "core/plugin/plugin_description.hpp"
#include "core/plugin/plugin_options.hpp"

#include <benchhost/plugin.h>

#include <filesystem>
#include <string>

namespace benchhost {

plugin::ServerDescription describe_server(const bh_server& server);

/// Prints one JSON object (core/plugin/description_json.hpp) on stdout; returns the exit status.
int run_describe(const std::filesystem::path& plugin);

/// Executes the server's probe program, so that its output and exit status are the answer; prints
/// an answer of its own when there is none or the plugin refuses.
int run_probe(const std::filesystem::path& plugin, const std::string& server,
              const plugin::Options& options);

}  // namespace benchhost

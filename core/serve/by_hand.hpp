// benchhost-serve PLUGIN --server ID: one server until Ctrl-C, to be tried with curl or wrk.
#pragma once

#include "core/plugin/plugin_options.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace benchhost {

struct ByHand {
    std::filesystem::path plugin;
    std::string server;  ///< empty: the plugin's only one
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    unsigned threads = 1;
    plugin::Options options;
    std::filesystem::path file;  ///< what /file serves; empty: 64 KiB made for the purpose
    std::optional<std::string> user = std::nullopt;  ///< as whom; absent: as we are
};

/// Serves exactly as in a measured run, with the log on stderr; prints "ready http://..." on
/// stdout. Returns the exit status.
int run_by_hand(const ByHand& wish);

}  // namespace benchhost

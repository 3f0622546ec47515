// Is a plugin what it should be? Every server of it is run as in a measurement, and asked.
#pragma once

#include "core/base/result.hpp"
#include "core/conformance/findings.hpp"
#include "core/plugin/catalog.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::conformance {

struct CheckRequest {
    std::filesystem::path serve_executable;
    std::filesystem::path plugin;
    std::string server;  ///< empty: all that the plugin offers
    std::vector<std::pair<std::string, std::string>> options;
    std::optional<std::string> user = std::nullopt;  ///< as whom its code runs; absent: as we do
    plugin::Catalog others;                          ///< what a suite would find besides it
};

/// Called as each line is known; `server` is empty for a line about the plugin itself.
using OnLine = std::function<void(const std::string& server, const CheckLine& line)>;

/// Blocks for some seconds a server; every wait in it is bounded. The error (code usage) is a
/// server or a file that is not there, or (code environment) a machine without a place for files.
Result<PluginFindings> check_plugin(const CheckRequest& request, const OnLine& on_line,
                                    const std::atomic<bool>& interrupted);

}  // namespace benchhost::conformance

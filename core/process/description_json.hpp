// What benchhost-serve prints about a plugin, as text; read by plugin_description.cpp.
#pragma once

#include "core/base/result.hpp"
#include "core/process/plugin_description.hpp"

#include <optional>
#include <string>

namespace benchhost::process {

std::string encode(const PluginDescription& description);
/// As a probe program answers that can run.
std::string encode_available(const std::optional<std::string>& version);
/// A plugin that cannot be asked at all.
std::string encode_refusal(const std::string& reason);

std::optional<std::string> decode_refusal(const std::string& text);

/// The error (code server) says that the text is no answer.
Result<PluginDescription> decode_description(const std::string& text);
Result<Availability> decode_availability(const std::string& text);

}  // namespace benchhost::process

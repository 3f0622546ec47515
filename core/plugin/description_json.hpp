// What benchhost-serve prints about a plugin, as text; read by plugin_description.cpp.
#pragma once

#include "core/base/result.hpp"
#include "core/plugin/plugin_description.hpp"

#include <optional>
#include <string>

namespace benchhost::plugin {

std::string encode(const PluginDescription& description);
/// As a probe program answers that can run.
std::string encode_available(const std::optional<std::string>& version);

/// Why a plugin cannot be asked. `loaded`: it could be loaded, but what it says of itself is wrong.
struct Refusal {
    std::string reason;
    bool loaded = false;
};
BOOST_DESCRIBE_STRUCT(Refusal, (), (reason, loaded))
std::string encode(const Refusal& refusal);
std::optional<Refusal> decode_refusal(const std::string& text);

/// Their texts are printable, whoever wrote them. The error (code server) says that the text is no
/// answer.
Result<PluginDescription> decode_description(const std::string& text);
Result<Availability> decode_availability(const std::string& text);

}  // namespace benchhost::plugin

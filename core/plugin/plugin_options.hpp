// The options a user set, against those that a server describes.
#pragma once

#include "core/base/result.hpp"
#include "core/plugin/plugin_description.hpp"

#include <string>
#include <utility>
#include <vector>

namespace benchhost::plugin {

using Options = std::vector<std::pair<std::string, std::string>>;

/// The option that `key` names, or begins with where it is a prefix; null when there is none.
const OptionDescription* find_option(const ServerDescription& server, const std::string& key);

/// The value as the plugin is to get it (yes-no spelled "yes" or "no"). The error (code usage) says
/// what is allowed.
Result<std::string> check_value(const OptionDescription& option, const std::string& value);

/// The options as the plugin is to get them. The error (code usage)
/// names the option, the value and what is allowed.
Result<Options> check_options(const ServerDescription& server, const Options& options);

}  // namespace benchhost::plugin

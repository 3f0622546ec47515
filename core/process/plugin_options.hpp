// The options a user set, against those that a server describes.
#pragma once

#include "core/base/result.hpp"
#include "core/process/plugin_description.hpp"

#include <string>
#include <utility>
#include <vector>

namespace benchhost::process {

using Options = std::vector<std::pair<std::string, std::string>>;

/// The options as the plugin is to get them (yes-no spelled "yes" or "no"). The error (code usage)
/// names the option, the value and what is allowed.
Result<Options> check_options(const ServerDescription& server, const Options& options);

}  // namespace benchhost::process

// Are a server's options such that a user can set them?
#pragma once

#include "core/conformance/findings.hpp"
#include "core/plugin/plugin_description.hpp"

namespace benchhost::conformance {

/// Keys that a config can name, once each, a line of help, a default of the declared type.
Finding check_options(const plugin::ServerDescription& server);

}  // namespace benchhost::conformance

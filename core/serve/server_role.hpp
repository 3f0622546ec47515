// The server child's part: load the plugin, configure its server and let it serve.
#pragma once

#include "core/process/supervisor.hpp"

namespace benchhost {

/// A process::ServerRole. Ends the process itself instead of returning when a plugin was loaded, so
/// that the library stays mapped until the very end.
int play_server(const process::StartRequest& request, const process::ControlChannel& supervisor);

}  // namespace benchhost

// What a plugin says about itself, checked against the rules of plugin.h.
#pragma once

#include "core/base/result.hpp"

#include <benchhost/plugin.h>

namespace benchhost::host {

/// Sizes, the ABI number, ids, names, options and the functions that must be there. The error
/// (code server) names the server and the member.
Status validate(const bh_plugin& plugin);

}  // namespace benchhost::host

// The address that a network interface has on this host.
#pragma once

#include "core/base/result.hpp"

#include <string>

namespace benchhost::cluster {

/// Its first IPv4 address. The error (code usage) lists the interfaces that have one.
Result<std::string> address_of_interface(const std::string& name);

}  // namespace benchhost::cluster

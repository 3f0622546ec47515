// Which requests a profile asks: its keys `requests` and `flow`.
#pragma once

#include "core/config/config_key.hpp"
#include "core/config/ini.hpp"
#include "core/model/request_spec.hpp"

#include <vector>

namespace benchhost::config {

/// What the key `requests` of a profile's section names out of `known`, with the weights that it
/// gives them. Empty without that key.
std::vector<model::RequestSpec> read_mix(const IniSection& profile,
                                         const std::vector<model::RequestSpec>& known,
                                         Problems& problems);

/// The same of the key `flow`, whose requests are asked in their order.
std::vector<model::RequestSpec> read_flow(const IniSection& profile,
                                          const std::vector<model::RequestSpec>& known,
                                          Problems& problems);

KeyText mix_key();
KeyText flow_key();

}  // namespace benchhost::config

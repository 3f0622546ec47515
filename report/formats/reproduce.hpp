// The command that measures the same again.
#pragma once

#include "core/results/results.hpp"

#include <string>

namespace benchhost::report {

/// For a shell, beside the config of the results: "benchhost --config 'suite.ini' --quick ...".
std::string reproducing_command(const results::ResultSet& results);

}  // namespace benchhost::report

// One trial of an ad hoc load, for people.
#pragma once

#include "core/base/units.hpp"
#include "core/results/results.hpp"

namespace benchhost::cli {

/// To standard output. `timeout`: what percentiles among lost requests are at least.
void print_trial(const results::Trial& trial, Nanoseconds timeout);

}  // namespace benchhost::cli

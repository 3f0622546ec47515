// From what the load threads have counted to the report of the run.
#pragma once

#include "core/load/engine/run_watch.hpp"
#include "core/load/engine/worker.hpp"
#include "core/load/load.hpp"

namespace benchhost::load {

/// After all of them have been joined. What the machine allowed (nofile) is not theirs to know.
LoadReport add_up(const LoadSpec& spec, const Workers& workers, const WatchResult& watched);

}  // namespace benchhost::load

// A suite under MPI: one rank coordinates and runs the servers, the others generate load.
#pragma once

#include "cli/run_options.hpp"

#include <boost/mpi/communicator.hpp>

namespace benchhost::cli {

struct ClusterOutcome {
    int exit_code = 0;       ///< the coordinator's; 0 on the other ranks
    bool rank_lost = false;  ///< MPI cannot end in order any more: abort it
};

/// Called by every rank with the same options. Blocks until the suite is over.
ClusterOutcome run_cluster(const RunOptions& options, boost::mpi::communicator world);

}  // namespace benchhost::cli

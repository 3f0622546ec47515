// Leaving no descriptor open that a server should not have.
#pragma once

#include "core/base/result.hpp"

namespace benchhost::machine {

/// Closes every descriptor from `first` on but `kept`. For a process with one thread.
Status close_descriptors(int first, int kept);

/// Marks every descriptor from `first` on to be closed when a program is executed.
Status close_on_exec_from(int first);

}  // namespace benchhost::machine

// What a server's processes may take, all of them together, as the config says it and as it is
// enforced: core/process/limits.cpp, core/process/control_groups.cpp.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace benchhost::model {

struct ProcessLimits {
    std::vector<unsigned> cpus;           ///< empty: as inherited
    std::optional<std::uint64_t> memory;  ///< bytes, by cgroup when writable
    std::optional<std::uint64_t> nofile;  ///< raised as far as the hard limit allows
    /// Processes and threads, by cgroup when writable: what bounds a fork bomb.
    std::optional<std::uint64_t> processes;
};
BOOST_DESCRIBE_STRUCT(ProcessLimits, (), (cpus, memory, nofile, processes))

}  // namespace benchhost::model

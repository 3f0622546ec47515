// What the generator can do at most on this machine.
#pragma once

#include "core/base/result.hpp"
#include "core/load/load.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace benchhost::load {

/// The requests/s at which the generator's threads would be busy all the time, from a fraction of a
/// second of closed loop against the built-in null server, which answers with the body that `spec`
/// expects. Its connections, pipelining, verification, threads and processors are those of `spec`.
/// The null server runs on `server_cpu`. Where it is the slower of the two, the rate is scaled by
/// the busiest thread's utilisation. Absent without keep-alive, which the null server does not end,
/// for a load with requests of its own, which it does not understand, and when `stop` was set.
Result<std::optional<double>> generator_ceiling(LoadSpec spec, std::optional<unsigned> server_cpu,
                                                const std::atomic<bool>& stop);

/// What decides a ceiling, on the same processors: loads that agree in it have the same.
using CeilingKey =
    std::tuple<std::optional<std::string>, model::Verify, bool, std::uint32_t, std::uint32_t>;
CeilingKey ceiling_key(const LoadSpec& spec);

}  // namespace benchhost::load

// The least that a closed loop can cost: what the load engine is measured against.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/load/load.hpp"

#include <cstdint>

namespace benchhost::bench {

struct BareResult {
    std::uint64_t answers = 0;
    Nanoseconds cpu{};  ///< of the loop's thread
};

/// One thread, one epoll, a read and a write a request. It takes every read for a whole answer and
/// looks at no byte of it, at no clock and at no deadline, and it counts nothing else.
Result<BareResult> run_bare_loop(const http::Target& target, std::uint32_t connections,
                                 Nanoseconds warmup, Nanoseconds duration);

}  // namespace benchhost::bench

// One request as the engine knows it: which one it is, and its stamps.
#pragma once

#include "core/base/clock.hpp"

#include <cstdint>

namespace benchhost::load {

/// Before it has a connection.
struct PlannedRequest {
    Instant at;                ///< planned for
    std::uint64_t number = 0;  ///< in the load: no two of it share one
    std::uint16_t kind = 0;    ///< of those that the load asks
};

/// Handed to a connection.
struct Request {
    Instant planned;
    Instant written;  ///< kNever while its connection is being opened
    std::uint64_t number = 0;
    std::uint16_t kind = 0;
};

}  // namespace benchhost::load

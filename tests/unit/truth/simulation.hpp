// A world played event by event: what its trial shows to benchhost, and what really happened.
#pragma once

#include "core/load/load.hpp"
#include "core/model/machine_health.hpp"
#include "core/results/results.hpp"
#include "tests/unit/truth/world.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace benchhost::truth {

/// As the load engine and the watch over the machine would tell of it. The books are kept by the
/// engine's own Tally.
struct Seen {
    load::LoadReport report;
    model::MachineHealth machine;
    results::ServerUsage server;
    std::optional<double> ceiling;
};

/// Counted request by request, apart from the Tally.
struct Facts {
    std::uint64_t planned = 0, planned_right = 0;            ///< in the window
    std::uint64_t ended_right = 0, ended_failed = 0;         ///< in the window, wherever planned
    std::uint64_t throughout = 0;                            ///< under way before it and after it
    std::uint64_t wrong = 0;                                 ///< answers, planned or ended in it
    std::uint64_t refused = 0;                               ///< planned or ended in it
    std::uint64_t waiting_at_start = 0, waiting_at_end = 0;  ///< planned before, not ended
    std::uint64_t asked = 0, never_answered = 0;             ///< connections
    std::vector<double> times;   ///< of planned_right, in seconds, sorted
    double server_busy = 0;      ///< of its processors, with work
    double client_busy = 0;      ///< of its thread
    double server_hindered = 0;  ///< of its processors' time, by others or a quota
    double client_hindered = 0;  ///< of its thread's time
    double late = 0;             ///< the longest that the generator came late, in seconds
    double mean_in_flight = 0;   ///< requests on the wire
    double mean_time() const;    ///< of `times`
};

struct Simulated {
    Seen seen;
    Facts facts;
};

Simulated simulate(const World& world);

}  // namespace benchhost::truth

// Who decides when the next request goes: one class for each load model, one object a thread.
#pragma once

#include "core/load/clock.hpp"
#include "core/load/connections.hpp"
#include "core/load/load.hpp"
#include "core/load/tally.hpp"
#include "core/plan/load_model.hpp"

#include <cstdint>
#include <memory>

namespace benchhost::load {

/// The borders of a run as one load thread sees them.
struct RunTimes {
    Instant go = kNever;            ///< the load begins
    Instant window_start = kNever;  ///< what is planned from here on counts
    Instant window_end = kNever;    ///< nothing is planned from here on
};

/// This thread's share of the run: it is number `index` of `count`.
struct ThreadShare {
    std::uint32_t index = 0;
    std::uint32_t count = 1;
};

/// Plans requests and hands them to connections. Called on its load thread only.
class Driver : public FreeListener {
  public:
    /// The load begins at `times.go`; every connection is free. `times` outlives the driver, and
    /// its window_end may come nearer while it runs.
    virtual void start(const RunTimes& times) = 0;
    /// Does what is due at `now`; when to come again (kNever: only on_free() matters).
    virtual Instant on_time(Instant now) = 0;
    /// Whether requests that were planned still wait to be sent.
    virtual bool has_queued() const { return false; }
    /// The run is over: what still waits is counted as unsent.
    virtual void abandon() {}
};

/// For a spec that check_spec() has accepted.
std::unique_ptr<Driver> make_driver(const LoadSpec& spec, ThreadShare share,
                                    Connections& connections, Tally& tally);

/// How many of `total` fall to one thread, and the number of the first of them.
struct Portion {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};
Portion portion_of(std::uint32_t total, ThreadShare share);

/// Connections that the whole run uses, all processes together.
std::uint32_t connections_of(const plan::LoadModel& model);
/// Those of this process.
std::uint32_t own_connections(const LoadSpec& spec);
/// Threads of all processes that generate the load.
std::uint32_t threads_of_load(const LoadSpec& spec);

/// Whether all connections are open before the load begins.
bool opens_ahead(const LoadSpec& spec);

/// How long the load takes to build up after it has begun: the spawning of users.
Nanoseconds build_up_of(const plan::LoadModel& model);

}  // namespace benchhost::load

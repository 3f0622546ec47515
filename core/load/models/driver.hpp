// Who decides when the next request goes: one class for each load model, one object a thread.
#pragma once

#include "core/base/clock.hpp"
#include "core/load/engine/connections.hpp"
#include "core/load/engine/planner.hpp"
#include "core/load/engine/tally.hpp"
#include "core/load/load.hpp"
#include "core/load/shares.hpp"

#include <memory>

namespace benchhost::load {

/// The borders of a run as one load thread sees them.
struct RunTimes {
    Instant go = kNever;            ///< the load begins
    Instant window_start = kNever;  ///< what is planned from here on counts
    Instant window_end = kNever;    ///< nothing is planned from here on
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

/// What a driver works on. All of it outlives the driver.
struct DriverContext {
    const LoadSpec& spec;
    ThreadShare share;
    Connections& connections;
    Planner& planner;
    Tally& tally;
};

/// For a spec that check_spec() has accepted.
std::unique_ptr<Driver> make_driver(const DriverContext& context);

}  // namespace benchhost::load

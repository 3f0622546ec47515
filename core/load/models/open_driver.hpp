// The open loop: requests are due by the schedule, whether answers come or not.
#pragma once

#include "core/load/engine/ring.hpp"
#include "core/load/models/driver_of.hpp"
#include "core/load/schedule.hpp"
#include "core/load/shares.hpp"

#include <cstdint>
#include <vector>

namespace benchhost::load {

/// A due request takes the connection that has been idle longest, so that all are used alike;
/// else it waits in a bounded queue; else it is shed.
class OpenDriver final : public Driver {
  public:
    OpenDriver(const model::OpenLoop& model, const DriverContext& context);

    void start(const RunTimes& times) override;
    Instant on_time(Instant now) override;
    void on_free(std::uint32_t connection, std::uint32_t requests, Instant now) override;
    bool has_queued() const override { return !queue_.empty(); }
    void abandon() override;

  private:
    Instant next_due();
    void send(const PlannedRequest& request);

    Connections& connections_;
    Planner& planner_;
    Tally& tally_;
    ThreadShare share_;
    Schedule schedule_;
    const RunTimes* times_ = nullptr;
    Instant due_ = kNever;
    Ring<std::uint32_t> idle_;  ///< one entry for each request that a connection can take
    Ring<PlannedRequest> queue_;
};

template <>
struct DriverFor<model::OpenLoop> {
    using type = OpenDriver;
};

}  // namespace benchhost::load

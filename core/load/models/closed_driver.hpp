// The closed loop: each connection asks again as soon as it has its answer.
#pragma once

#include "core/load/models/driver_of.hpp"

#include <vector>

namespace benchhost::load {

class ClosedDriver final : public Driver {
  public:
    ClosedDriver(const model::ClosedLoop& /*all in the connections*/, const DriverContext& context)
        : connections_(context.connections), planner_(context.planner) {
        batch_.reserve(connections_.pipeline());
    }

    void start(const RunTimes& times) override;
    Instant on_time(Instant now) override;
    void on_free(std::uint32_t connection, std::uint32_t requests, Instant now) override;

  private:
    Connections& connections_;
    Planner& planner_;
    std::vector<PlannedRequest> batch_;  // for one connection
    const RunTimes* times_ = nullptr;
    bool begun_ = false;
};

template <>
struct DriverFor<model::ClosedLoop> {
    using type = ClosedDriver;
};

}  // namespace benchhost::load

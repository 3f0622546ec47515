// The closed loop: each connection asks again as soon as it has its answer.
#pragma once

#include "core/load/models/driver_of.hpp"

namespace benchhost::load {

class ClosedDriver final : public Driver {
  public:
    ClosedDriver(const model::ClosedLoop& /*all in the connections*/, const DriverContext& context)
        : connections_(context.connections), tally_(context.tally) {}

    void start(const RunTimes& times) override;
    Instant on_time(Instant now) override;
    void on_free(std::uint32_t connection, std::uint32_t requests, Instant now) override;

  private:
    Connections& connections_;
    Tally& tally_;
    const RunTimes* times_ = nullptr;
    bool begun_ = false;
};

template <>
struct DriverFor<model::ClosedLoop> {
    using type = ClosedDriver;
};

}  // namespace benchhost::load

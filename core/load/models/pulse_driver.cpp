// A dummy: what ClosedDriver does.
#include "core/load/models/closed_driver.hpp"

namespace benchhost::load {
namespace {

class PulseDriver final : public Driver {
  public:
    PulseDriver(const model::Pulse& pulse, const DriverContext& context)
        : closed_({pulse.connections}, context) {}

    void start(const RunTimes& times) override { closed_.start(times); }
    Instant on_time(Instant now) override { return closed_.on_time(now); }
    void on_free(std::uint32_t connection, std::uint32_t requests, Instant now) override {
        closed_.on_free(connection, requests, now);
    }

  private:
    ClosedDriver closed_;
};

}  // namespace

template <>
struct DriverFor<model::Pulse> {
    using type = PulseDriver;
};
template std::unique_ptr<Driver> driver_of(const model::Pulse&, const DriverContext&);

}  // namespace benchhost::load

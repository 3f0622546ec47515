#include "core/load/models/closed_driver.hpp"

namespace benchhost::load {

void ClosedDriver::start(const RunTimes& times) { times_ = &times; }

Instant ClosedDriver::on_time(Instant now) {
    if (begun_) {
        return kNever;
    }
    if (now < times_->go) {
        return times_->go;
    }
    begun_ = true;
    for (std::uint32_t connection = 0; connection < connections_.size(); ++connection) {
        on_free(connection, connections_.pipeline(), connections_.now());
    }
    return kNever;
}

void ClosedDriver::on_free(std::uint32_t connection, std::uint32_t requests, Instant now) {
    if (now >= times_->window_end) {
        return;
    }
    batch_.clear();
    for (std::uint32_t i = 0; i < requests && !planner_.is_done(); ++i) {
        batch_.push_back(planner_.plan(now));
    }
    if (!batch_.empty()) {
        connections_.submit(connection, batch_, now);
    }
}

template std::unique_ptr<Driver> driver_of(const model::ClosedLoop&, const DriverContext&);

}  // namespace benchhost::load

#include "core/load/models/open_driver.hpp"

#include <algorithm>

namespace benchhost::load {
namespace {

constexpr std::size_t kLeastQueue = 1024;
constexpr double kMostQueued = 4 * 1024 * 1024;  // of the whole run: 96 MiB

// What is due within one timeout may wait; who waits longer would be given up by its client.
std::size_t queue_room(const model::OpenLoop& model, ThreadShare share, Nanoseconds timeout) {
    double highest = model.rate;
    for (const model::RateStage& stage : model.stages) {
        highest = std::max(highest, stage.rate);
    }
    const double wanted = std::min(highest * to_seconds(timeout), kMostQueued) / share.count;
    return std::max(kLeastQueue, static_cast<std::size_t>(wanted));
}

}  // namespace

OpenDriver::OpenDriver(const model::OpenLoop& model, const DriverContext& context)
    : connections_(context.connections),
      planner_(context.planner),
      tally_(context.tally),
      share_(context.share),
      schedule_(model, context.spec.warmup, context.spec.seed),
      idle_(std::size_t{connections_.size()} * connections_.pipeline()),
      queue_(queue_room(model, share_, context.spec.timeout)) {}

void OpenDriver::start(const RunTimes& times) {
    times_ = &times;
    for (std::uint32_t place = 0; place < connections_.pipeline(); ++place) {
        for (std::uint32_t connection = 0; connection < connections_.size(); ++connection) {
            idle_.push(connection);
        }
    }
    schedule_.skip(share_.index);
    due_ = next_due();
}

Instant OpenDriver::next_due() {
    const Nanoseconds time = schedule_.next();
    schedule_.skip(share_.count - 1);
    return time == Nanoseconds::max() ? kNever : times_->go + time;
}

void OpenDriver::send(const PlannedRequest& request) {
    connections_.submit(idle_.pop(), {&request, 1}, connections_.now());
}

Instant OpenDriver::on_time(Instant now) {
    while (due_ <= now && due_ < times_->window_end && !planner_.is_done()) {
        const PlannedRequest request = planner_.plan(due_);
        if (!idle_.empty()) {
            tally_.loop_lag(now - due_, now);
            send(request);
        } else if (!queue_.full()) {
            queue_.push(request);
        } else {
            tally_.shed(request);
        }
        due_ = next_due();
    }
    return due_ < times_->window_end && !planner_.is_done() ? due_ : kNever;
}

void OpenDriver::on_free(std::uint32_t connection, std::uint32_t requests, Instant now) {
    for (; requests != 0 && !queue_.empty(); --requests) {
        const PlannedRequest request = queue_.pop();
        connections_.submit(connection, {&request, 1}, now);
    }
    for (; requests != 0; --requests) {
        idle_.push(connection);
    }
}

void OpenDriver::abandon() {
    while (!queue_.empty()) {
        tally_.unsent(queue_.pop());
    }
}

template std::unique_ptr<Driver> driver_of(const model::OpenLoop&, const DriverContext&);

}  // namespace benchhost::load

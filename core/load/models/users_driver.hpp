// Virtual users: each on a connection of its own, asking, thinking, asking again.
#pragma once

#include "core/load/engine/timer_heap.hpp"
#include "core/load/models/driver_of.hpp"
#include "core/load/shares.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace benchhost::load {

class UsersDriver final : public Driver {
  public:
    UsersDriver(const model::VirtualUsers& model, const DriverContext& context);

    void start(const RunTimes& times) override;
    Instant on_time(Instant now) override;
    void on_free(std::uint32_t connection, std::uint32_t requests, Instant now) override;

  private:
    Instant spawn_time(std::uint32_t user) const;
    PlannedRequest plan(std::uint32_t user, Instant planned);
    /// The pause after the request that has just ended; the user's flow has gone on.
    DurationRange go_on(std::uint32_t user);
    void ask(std::uint32_t user, Instant planned, Instant now);

    model::VirtualUsers model_;
    ThreadShare share_;
    Connections& connections_;
    Planner& planner_;
    Tally& tally_;
    std::mt19937_64 random_;
    TimerHeap thinking_;
    std::uint32_t spawned_ = 0;
    std::vector<std::uint16_t> steps_;   // of a flow, by user: the next one; else empty
    std::vector<DurationRange> pauses_;  // of a flow, by step
    const RunTimes* times_ = nullptr;
};

template <>
struct DriverFor<model::VirtualUsers> {
    using type = UsersDriver;
};

}  // namespace benchhost::load

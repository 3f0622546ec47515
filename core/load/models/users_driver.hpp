// Virtual users: each on a connection of its own, asking, thinking, asking again.
#pragma once

#include "core/load/engine/timer_heap.hpp"
#include "core/load/models/driver_of.hpp"
#include "core/load/shares.hpp"

#include <cstdint>
#include <random>

namespace benchhost::load {

class UsersDriver final : public Driver {
  public:
    UsersDriver(const model::VirtualUsers& model, const DriverContext& context);

    void start(const RunTimes& times) override;
    Instant on_time(Instant now) override;
    void on_free(std::uint32_t connection, std::uint32_t requests, Instant now) override;

  private:
    Instant spawn_time(std::uint32_t user) const;
    void ask(std::uint32_t user, Instant planned, Instant now);

    model::VirtualUsers model_;
    ThreadShare share_;
    Connections& connections_;
    Tally& tally_;
    std::mt19937_64 random_;
    TimerHeap thinking_;
    std::uint32_t spawned_ = 0;
    const RunTimes* times_ = nullptr;
};

template <>
struct DriverFor<model::VirtualUsers> {
    using type = UsersDriver;
};

}  // namespace benchhost::load

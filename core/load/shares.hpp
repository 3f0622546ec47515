// What falls to each thread and each process of a load, and what the load as a whole is.
#pragma once

#include "core/base/units.hpp"
#include "core/load/load.hpp"
#include "core/model/load_model.hpp"

#include <cstdint>
#include <optional>

namespace benchhost::load {

/// This thread's share of the run: it is number `index` of `count`.
struct ThreadShare {
    std::uint32_t index = 0;
    std::uint32_t count = 1;
};

/// How many of `total` fall to one thread, and the number of the first of them.
struct Portion {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};
Portion portion_of(std::uint32_t total, ThreadShare share);

/// Connections that the whole run uses, all processes together.
std::uint32_t connections_of(const model::LoadModel& model);
/// Those of this process.
std::uint32_t own_connections(const LoadSpec& spec);
/// Threads of all processes that generate the load.
std::uint32_t threads_of_load(const LoadSpec& spec);

/// Whether all connections are open before the load begins.
bool opens_ahead(const LoadSpec& spec);

/// How long the load takes to build up after it has begun: the spawning of users.
Nanoseconds build_up_of(const model::LoadModel& model);

/// The most requests a second that the model can ask; absent where the server decides.
std::optional<double> offered_ceiling(const LoadSpec& spec);
/// Likewise, of the threads of this process.
std::optional<double> own_offered_ceiling(const LoadSpec& spec);
/// The most requests a second that its connections can carry over the round trip of `report`: each
/// request takes one, and another one where its connection has to be opened, whatever the server
/// does. Absent where the round trip is.
std::optional<double> own_link_ceiling(const LoadSpec& spec, const LoadReport& report);

}  // namespace benchhost::load

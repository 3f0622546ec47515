#include "tests/unit/simulation/played_load.hpp"

#include "core/load/engine/add_up.hpp"
#include "core/load/engine/run_control.hpp"
#include "core/load/engine/worker.hpp"
#include "core/load/shares.hpp"
#include "tests/unit/simulation/simulated_kernel.hpp"
#include "tests/unit/simulation/world.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace benchhost::simulation {
namespace {

constexpr Nanoseconds kNotice = std::chrono::milliseconds(2);

/// What one load thread lives in.
struct Place {
    Place(const Scenario& scenario, const load::Traffic& traffic, load::ThreadShare share)
        : portion(load::portion_of(load::connections_of(scenario.spec.model), share)),
          world(scenario, portion.first, portion.count),
          sockets(world, portion.count, traffic.request_size, kStart) {}

    load::Portion portion;
    World world;
    Sockets sockets;
    load::RunControl control;
};

}  // namespace

Instant told_at(const Scenario& scenario) {
    const std::uint32_t most = load::own_connections(scenario.spec);
    return kStart + load::longest_ramp(scenario.spec, most) + scenario.until_told;
}

Instant go_of(const Scenario& scenario) { return told_at(scenario) + kNotice; }

load::LoadReport play(const Scenario& scenario) {
    const load::LoadSpec& spec = scenario.spec;
    const auto traffic = load::make_traffic(spec, load::own_connections(spec)).value();
    const auto plan = load::RunPlan::starting(spec, go_of(scenario));
    auto shortened = plan;
    if (scenario.stopped) {
        shortened.end_soon(plan.go + *scenario.stopped);
    }
    std::vector<std::unique_ptr<Place>> places;
    load::Workers workers;
    for (std::uint32_t i = 0; i < spec.threads; ++i) {
        const load::ThreadShare share{i, spec.threads};
        auto& place = *places.emplace_back(std::make_unique<Place>(scenario, traffic, share));
        place.sockets.at(told_at(scenario), [&] { plan.tell(place.control); });
        if (scenario.stopped) {
            place.sockets.at(plan.go + *scenario.stopped, [&] { shortened.tell(place.control); });
        }
        if (scenario.frozen) {
            const auto& [since, length] = *scenario.frozen;
            place.sockets.freeze(plan.go + since, plan.go + since + length);
        }
        workers.push_back(std::make_unique<load::Worker>(spec, traffic, share, place.control,
                                                         load::Kernel(place.sockets)));
        workers.back()->run();
    }
    load::WatchResult watched;
    watched.window_start = shortened.window_start;
    watched.window = std::max(shortened.window_end - shortened.window_start, Nanoseconds(0));
    watched.interrupted = shortened.window_end < plan.window_end;
    auto report = load::add_up(spec, workers, watched);
    workers.clear();  // their sockets live in the places
    return report;
}

}  // namespace benchhost::simulation

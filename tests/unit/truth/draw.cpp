#include "tests/unit/truth/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::truth {
namespace {

Nanoseconds of_seconds(double seconds) {
    return Nanoseconds(static_cast<Nanoseconds::rep>(std::llround(seconds * 1e9)));
}

/// How much of what it can do the server is asked for: well below, around, or well above.
double draw_load(Draw& draw) {
    return draw.chance(0.5)   ? draw.log_between(0.05, 0.9)
           : draw.chance(0.4) ? draw.between(0.85, 1.15)
                              : draw.log_between(1.1, 4);
}

void draw_losses(Draw& draw, Server& server, unsigned connections) {
    if (draw.chance(0.3)) {
        double& share = draw.chance(0.4)   ? server.hang
                        : draw.chance(0.6) ? server.drop
                                           : server.wrong;
        share = draw.log_between(0.001, 0.4);
    }
    if (connections > 1 && draw.chance(0.1)) {
        server.most_connections = draw.whole(1, connections - 1);
        server.refuses = draw.chance(0.5);
    }
}

void draw_disturbance(Draw& draw, World& world) {
    auto& machine = world.machine;
    machine.tells_shares = world.duration >= 0.5;
    machine.tells_run_delay = draw.chance(0.9);
    if (draw.chance(0.25)) {
        (draw.chance(0.5) ? machine.others_on_server : machine.others_on_client) =
            draw.between(0.02, 0.7);
    } else if (draw.chance(0.05)) {
        machine.server_quota = draw.between(0.2, 0.9);
    }
}

/// The generator is mostly idle, at times near its limit, at times beyond it.
void draw_generator(Draw& draw, World& world, double rate) {
    const double busy = draw.chance(0.75)  ? draw.log_between(0.01, 0.6)
                        : draw.chance(0.6) ? draw.between(0.6, 1.3)
                                           : draw.between(0.8, 0.87);
    world.generator_cpu = busy / rate;
    world.knows_ceiling = draw.chance(0.7);
}

void draw_users(Draw& draw, World& world, double rate) {
    model::VirtualUsers users;
    const double think = draw.log_between(0.05, 1);
    users.users = std::clamp(static_cast<std::uint32_t>(rate * think), 1U, 1000U);
    users.spawn_rate = users.users / draw.between(0.02, 0.3);
    users.think_time = {of_seconds(think * 0.5), of_seconds(think * 1.5)};
    world.load = users;
}

void draw_schedule(Draw& draw, World& world, Kind kind, double rate) {
    model::OpenLoop open;
    open.rate = rate;
    open.connections = draw.whole(4, 256);
    open.arrivals = kind == Kind::poisson ? model::Arrivals::poisson : model::Arrivals::constant;
    if (kind == Kind::stages) {
        open.rate = rate * draw.between(0.2, 1);
        const double first = draw.between(0.2, 0.8) * world.duration;
        open.stages = {{rate * draw.between(0.5, 2), of_seconds(first)},
                       {rate * draw.between(0.2, 2), of_seconds(world.duration - first)}};
    }
    world.load = open;
}

}  // namespace

double Draw::log_between(double least, double most) {
    return std::exp(between(std::log(least), std::log(most)));
}

const char* to_string(Kind kind) {
    constexpr const char* kNames[] = {"closed", "users", "constant", "poisson", "stages"};
    return kNames[static_cast<int>(kind)];
}

World draw_world(std::uint64_t seed, Kind kind) {
    Draw draw(seed);
    World world;
    world.seed = seed;
    world.duration = draw.log_between(0.2, 4);
    world.timeout = draw.log_between(0.1, 3);
    world.warmup = draw.log_between(0.05, 0.5);
    const double rate = draw.log_between(300, 2000) / world.duration;
    auto& server = world.server;
    server.processors = draw.whole(1, 4);
    server.noise = draw.chance(0.5) ? draw.between(0.05, 0.8) : 0;
    unsigned connections = 0;
    if (kind == Kind::closed) {
        connections = draw.whole(1, 64);
        // Either its processors are what limits it, or what it waits for.
        const double used = draw.chance(0.6) ? 1 : draw.log_between(0.05, 0.7);
        server.cpu = used * server.processors / rate;
        server.wait = used < 1 ? connections / rate : 0;
        world.load = model::ClosedLoop{connections};
    } else {
        server.cpu = draw_load(draw) * server.processors / rate;
        server.wait = draw.chance(0.3) ? draw.log_between(1e-4, 0.1) : 0;
        kind == Kind::users ? draw_users(draw, world, rate)
                            : draw_schedule(draw, world, kind, rate);
        connections = std::visit([](const auto& load) { return load.open_at_once(); }, world.load);
    }
    server.spins = draw.chance(0.1);
    if (draw.chance(0.1)) {
        server.stall = Stall{draw.between(-0.1, 0.9) * world.duration,
                             draw.between(0.02, 0.6) * world.duration};
    }
    draw_losses(draw, server, connections);
    draw_generator(draw, world, rate);
    draw_disturbance(draw, world);
    return world;
}

World draw_search(std::uint64_t seed, model::LimitSearch& search) {
    Draw draw(seed);
    World world;
    world.seed = seed;
    world.duration = draw.between(0.5, 1);
    world.timeout = draw.log_between(0.1, 2);
    world.warmup = draw.between(0.1, 0.3);
    const double capacity = draw.log_between(300, 1500);
    world.server.processors = draw.whole(1, 2);
    world.server.cpu = world.server.processors / capacity;
    world.server.noise = draw.between(0, 0.3);
    search.of = draw.chance(0.5) ? model::LimitSearch::Of::rate : model::LimitSearch::Of::users;
    const double think = draw.between(0.1, 0.4);
    const double full = search.of == model::LimitSearch::Of::rate ? capacity : capacity * think;
    search.start = std::ceil(full * draw.between(0.1, 0.5));
    search.step = std::ceil(full * draw.between(0.05, 0.3));
    search.most = std::ceil(full * draw.between(1.5, 3));
    search.step_duration = of_seconds(world.duration);
    search.resolution = draw.between(0.02, 0.25);
    search.spawn_rate = full * 10;
    search.think_time = {of_seconds(think * 0.5), of_seconds(think * 1.5)};
    search.connections = 256;
    if (draw.chance(0.25)) {
        world.server.most_connections = std::max(1U, static_cast<unsigned>(full * 0.7));
    }
    // At times the generator ends before the server does.
    world.generator_cpu =
        (draw.chance(0.75) ? draw.between(0.02, 0.4) : draw.between(1, 2)) / capacity;
    if (draw.chance(0.3)) {
        world.machine.others_on_server = draw.between(0.15, 0.7);
    }
    return world;
}

std::string describe(const World& world) {
    const auto& server = world.server;
    const auto& machine = world.machine;
    auto text = std::visit([](const auto& load) { return load.describe(); }, world.load);
    text += fmt::format(
        "; window {:.3g} s after {:.3g} s, timeout {:.3g} s\n  server: {} processors, {:.3g} ms of "
        "CPU (noise {:.2g}) and {:.3g} ms of waiting a request, bears {:.0f}/s",
        world.duration, world.warmup, world.timeout, server.processors, server.cpu * 1e3,
        server.noise, server.wait * 1e3, server.capacity());
    text += fmt::format("; hangs {:.2g}, drops {:.2g}, wrong {:.2g}", server.hang, server.drop,
                        server.wrong);
    if (server.most_connections > 0) {
        text += fmt::format("; at most {} connections, others {}", server.most_connections,
                            server.refuses ? "are refused" : "wait");
    }
    if (server.stall) {
        text += fmt::format("; stalls at {:.3g} s for {:.3g} s", server.stall->at,
                            server.stall->length);
    }
    text += server.spins ? "; spins" : "";
    return text +
           fmt::format(
               "\n  generator: bears {:.0f}/s, ceiling {}\n  others: {:.2g} of the "
               "server's, {:.2g} of the generator's processors{}; {}, {}",
               1 / world.generator_cpu, world.knows_ceiling ? "known" : "not known",
               machine.others_on_server, machine.others_on_client,
               machine.server_quota ? fmt::format("; quota {:.2g}", *machine.server_quota) : "",
               machine.tells_shares ? "shares are told" : "no shares",
               machine.tells_run_delay ? "run delay is told" : "no run delay");
}

}  // namespace benchhost::truth

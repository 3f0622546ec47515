#include "tests/unit/simulation/scenario.hpp"

#include "core/load/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <random>

namespace benchhost::simulation {
namespace {

// The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), over all that is given.
std::uint64_t mixed(std::initializer_list<std::uint64_t> values) {
    std::uint64_t state = 0;
    for (const std::uint64_t value : values) {
        state += value + 0x9e3779b97f4a7c15U;
        state = (state ^ (state >> 30U)) * 0xbf58476d1ce4e5b9U;
        state = (state ^ (state >> 27U)) * 0x94d049bb133111ebU;
        state ^= state >> 31U;
    }
    return state;
}

// In [0, 1).
double share_of(std::uint64_t bits) { return static_cast<double>(bits >> 11U) * 0x1p-53; }

enum Salt : std::uint64_t {
    kAnswer,
    kDelay,
    kPieces,
    kOpening,
    kOpeningDelay,
    kBlocked,
    kBlockedFor
};

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    double uniform(double from, double to) { return from + (to - from) * load::uniform(random_); }
    double log_uniform(double from, double to) {
        return from * std::exp(std::log(to / from) * load::uniform(random_));
    }
    std::uint32_t number(std::uint32_t from, std::uint32_t to) {
        return from + static_cast<std::uint32_t>(random_() % (to - from + 1));
    }
    bool chance(double share) { return load::uniform(random_) <= share; }
    std::uint64_t bits() { return random_(); }

  private:
    std::mt19937_64 random_;
};

Nanoseconds seconds(double value) { return Nanoseconds(std::llround(value * 1e9)); }

model::OpenLoop draw_open(Dice& dice, double window, double requests) {
    model::OpenLoop open;
    open.connections = dice.number(1, 24);
    open.rate = requests / window;
    open.arrivals = dice.chance(0.5) ? model::Arrivals::poisson : model::Arrivals::constant;
    if (dice.chance(0.25)) {
        open.stages = {{open.rate * dice.uniform(0.2, 2), seconds(window / 2)},
                       {open.rate * dice.uniform(0.2, 2), seconds(window / 2)}};
    }
    return open;
}

model::VirtualUsers draw_users(Dice& dice, double window, double requests) {
    model::VirtualUsers users;
    users.users = dice.number(1, 40);
    users.spawn_rate = users.users / (window * dice.uniform(0.05, 1));
    const double think = window * users.users / requests;
    const double from = dice.chance(0.2) ? 0 : think * dice.uniform(0.1, 1);
    users.think_time = {seconds(from), seconds(dice.chance(0.2) ? from : from + think)};
    return users;
}

// Who never pauses asks as fast as the server answers: that has to be slow enough.
void slow_down(Character& server, double window, double requests, std::uint32_t connections) {
    const Nanoseconds least = seconds(window * connections / requests);
    server.fastest = std::max(server.fastest, least / 2);
    server.slowest = std::max(server.slowest, least * 2);
}

Character draw_server(Dice& dice) {
    Character server;
    server.seed = dice.bits();
    server.wire = dice.chance(0.2) ? Nanoseconds(1) : seconds(dice.log_uniform(1e-7, 1e-4));
    const double typical = dice.log_uniform(3e-7, 5e-3);
    server.fastest = seconds(typical * dice.uniform(0.2, 1));
    server.slowest = seconds(typical * dice.uniform(1, 5));
    server.trouble = dice.chance(0.3) ? 0 : dice.log_uniform(0.002, 0.6);
    server.refusal = dice.chance(0.5) ? 0 : dice.log_uniform(0.01, 0.7);
    server.blocking = dice.chance(0.6) ? 0 : dice.uniform(0, 0.5);
    server.idle_limit = dice.chance(0.6) ? Nanoseconds(0) : seconds(dice.log_uniform(1e-5, 5e-2));
    return server;
}

}  // namespace

Fate Character::fate(std::uint32_t connection, std::uint32_t opening, std::uint32_t request) const {
    const auto drawn = [&](Salt salt) { return mixed({seed, salt, connection, opening, request}); };
    Fate fate;
    if (share_of(drawn(kAnswer)) < trouble) {
        constexpr auto kKinds = static_cast<std::uint64_t>(Answer::never);
        fate.answer = static_cast<Answer>(1 + mixed({drawn(kAnswer)}) % kKinds);
    }
    fate.delay =
        fastest + Nanoseconds(std::llround(share_of(drawn(kDelay)) *
                                           static_cast<double>((slowest - fastest).count())));
    fate.delay = std::max(fate.delay, Nanoseconds(1));
    fate.pieces =
        drawn(kPieces) % 4 == 0 ? 1 + static_cast<std::uint32_t>(drawn(kPieces) / 4 % 4) : 1;
    return fate;
}

Opening Character::opening(std::uint32_t connection, std::uint32_t opening) const {
    const auto drawn = [&](Salt salt) { return mixed({seed, salt, connection, opening}); };
    Opening result;
    if (share_of(drawn(kOpening)) < refusal) {
        result.what = drawn(kOpening) % 4 == 0 ? Opening::What::ignored : Opening::What::refused;
    }
    result.delay = 2 * wire + Nanoseconds(static_cast<std::int64_t>(drawn(kOpeningDelay) % 20'000));
    return result;
}

Nanoseconds Character::blocked(std::uint32_t connection, std::uint32_t opening,
                               std::uint32_t request) const {
    const auto drawn = [&](Salt salt) { return mixed({seed, salt, connection, opening, request}); };
    return share_of(drawn(kBlocked)) < blocking
               ? Nanoseconds(1 + static_cast<std::int64_t>(drawn(kBlockedFor) % 300'000))
               : Nanoseconds(0);
}

Scenario draw(std::uint64_t seed) {
    Dice dice(mixed({seed}));
    Scenario scenario;
    auto& spec = scenario.spec;
    scenario.server = draw_server(dice);
    const double window = dice.log_uniform(3e-3, 1.2);
    const bool overrun = dice.chance(0.005);  // more than the queue of a load holds
    const double requests = overrun ? 3000 : dice.log_uniform(20, 600);
    spec.seed = dice.bits() % 1'000'000;
    spec.duration = seconds(window);
    spec.warmup = dice.chance(0.3) ? Nanoseconds(0) : seconds(window * dice.uniform(0, 0.5));
    spec.timeout = seconds(dice.log_uniform(1e-3, 4e-2));
    spec.keep_alive = dice.chance(0.85);
    spec.pipeline = spec.keep_alive && dice.chance(0.3) ? dice.number(2, 4) : 1;
    spec.expectation.body = std::string(dice.number(1, 60), 'a');
    spec.target.address = "127.0.0.1";
    spec.target.port = 1;
    spec.target.host_header = "simulated";
    switch (dice.number(0, 3)) {
        case 0:
        case 1:
            spec.model = draw_open(dice, window, requests);
            if (overrun) {
                scenario.server.slowest = std::max(scenario.server.slowest, seconds(window));
            }
            break;
        case 2:
            spec.model = model::ClosedLoop{dice.number(1, 24)};
            break;
        default:
            spec.pipeline = 1;
            spec.model = draw_users(dice, window, requests);
    }
    const std::uint32_t connections =
        std::visit([](const auto& model) { return model.open_at_once(); }, spec.model);
    if (!std::holds_alternative<model::OpenLoop>(spec.model)) {
        slow_down(scenario.server, window, requests, connections * spec.pipeline);
    }
    spec.threads = std::min(connections, dice.chance(0.3) ? dice.number(2, 3) : 1U);
    scenario.until_told = seconds(dice.uniform(0, 5e-3));
    if (dice.chance(0.15)) {
        scenario.stopped = seconds(dice.uniform(0, 1.5 * window));
    }
    return scenario;
}

std::string describe(const Scenario& scenario) {
    const auto& spec = scenario.spec;
    const auto& server = scenario.server;
    std::string text = fmt::format(
        "load {}, {} threads, {} connections, pipeline {}, keep-alive {}, warm-up {} ns, window {} "
        "ns, timeout {} ns; server: wire {} ns, {} to {} ns, trouble {:.3f}, refusal {:.3f}, "
        "blocking {:.3f}, idle limit {} ns",
        std::visit([](const auto& model) { return model.describe(); }, spec.model), spec.threads,
        std::visit([](const auto& model) { return model.open_at_once(); }, spec.model),
        spec.pipeline, spec.keep_alive, spec.warmup.count(), spec.duration.count(),
        spec.timeout.count(), server.wire.count(), server.fastest.count(), server.slowest.count(),
        server.trouble, server.refusal, server.blocking, server.idle_limit.count());
    if (scenario.stopped) {
        text += fmt::format("; stopped after {} ns", scenario.stopped->count());
    }
    return text;
}

}  // namespace benchhost::simulation

#include "tests/unit/truth/simulation.hpp"

#include "core/load/merge.hpp"
#include "core/load/shares.hpp"
#include "tests/unit/truth/event_loop.hpp"

#include <algorithm>
#include <numeric>

namespace benchhost::truth {
namespace {

/// From when to when a request was planned but not ended.
bool waits_at(const Request& request, Time time) {
    return request.planned < time && (request.ended == kNoTime || request.ended >= time);
}

void count(Facts& facts, const Request& request, const Window& window) {
    const bool planned = window.holds(request.planned);
    const bool ended = request.ended != kNoTime && window.holds(request.ended);
    facts.planned += planned ? 1 : 0;
    if (planned && request.fate == Fate::right) {
        ++facts.planned_right;
        facts.times.push_back(seconds(request.ended - request.planned));
    }
    if (ended) {
        ++(request.fate == Fate::right ? facts.ended_right : facts.ended_failed);
    }
    facts.wrong += (planned || ended) && request.fate == Fate::wrong ? 1 : 0;
    facts.refused += (planned || ended) && request.fate == Fate::refused ? 1 : 0;
    facts.waiting_at_start += waits_at(request, window.from) ? 1 : 0;
    facts.waiting_at_end += waits_at(request, window.to) ? 1 : 0;
    facts.throughout += waits_at(request, window.from) && waits_at(request, window.to) &&
                                request.fate != Fate::never_sent
                            ? 1
                            : 0;
    if (request.written != kNoTime) {
        const Time end = request.ended == kNoTime ? window.to : request.ended;
        facts.mean_in_flight +=
            seconds(window.overlap(request.written, end)) / seconds(window.to - window.from);
    }
}

Facts facts_of(const EventLoop& loop) {
    Facts facts;
    const Window window = loop.window();
    const double length = seconds(window.to - window.from);
    for (const auto& request : loop.requests()) {
        count(facts, request, window);
    }
    std::sort(facts.times.begin(), facts.times.end());
    facts.asked = loop.asked();
    facts.never_answered = loop.never_answered();
    for (const auto& used : loop.server()) {
        const auto all = length * static_cast<double>(loop.server().size());
        facts.server_busy += (used.cpu + used.delayed) / all;
        facts.server_hindered += used.delayed / all;
    }
    facts.client_busy = (loop.client().cpu + loop.client().delayed) / length;
    facts.client_hindered = loop.client().delayed / length;
    facts.late = seconds(loop.late());
    return facts;
}

Nanoseconds duration_of(double seconds) { return Nanoseconds(of(seconds)); }

load::LoadReport report_of(const World& world, const EventLoop& loop) {
    load::LoadReport report;
    const auto& tally = loop.tally();
    tally.add_to(report);
    report.duration = Nanoseconds(loop.window().to - loop.window().from);
    report.series = load::merge_series({&tally.seconds()});
    report.mean_in_flight = tally.in_flight_seconds() / to_seconds(report.duration);
    load::LoadSpec spec;
    spec.model = world.load;
    report.offered_ceiling = load::offered_ceiling(spec);
    report.client.cpu = duration_of(loop.client().cpu);
    report.client.max_thread_utilisation = loop.client().cpu / to_seconds(report.duration);
    if (world.machine.tells_run_delay) {
        report.client.max_run_delay = duration_of(loop.client().delayed);
    }
    return report;
}

results::ServerUsage usage_of(const World& world, const EventLoop& loop) {
    const auto& server = world.server;
    const double length = seconds(loop.window().to - loop.window().from);
    const double given =
        (1 - world.machine.others_on_server) * world.machine.server_quota.value_or(1);
    results::ServerUsage usage;
    double cpu = 0;
    double delayed = 0;
    double least = 1;
    double most = 0;
    for (const auto& used : loop.server()) {
        const double own = server.spins ? length * given : used.cpu;
        cpu += own;
        delayed += server.spins ? length * (1 - given) : used.delayed;
        least = std::min(least, own / length);
        most = std::max(most, own / length);
    }
    usage.cpu_s = cpu;
    usage.processors = server.processors;
    usage.least_busy_thread = least;
    usage.busiest_thread = most;
    if (world.machine.tells_run_delay) {
        usage.run_delay_s = delayed;
    }
    usage.idle_cpu_share = server.spins ? server.processors : 0.01;
    if (const auto ok = loop.tally().live().ok.load(); ok > 0) {
        usage.cpu_us_per_request = cpu * 1e6 / static_cast<double>(ok);
    }
    return usage;
}

model::MachineHealth health_of(const World& world, const Facts& facts) {
    model::MachineHealth health;
    const auto& machine = world.machine;
    if (machine.tells_shares) {
        const bool server = machine.others_on_server >= machine.others_on_client;
        health.steal = 0;
        // Some other process always runs for a moment.
        health.others = 0.01 + 0.99 * std::max(machine.others_on_server, machine.others_on_client);
        health.others_of = server ? "server" : "generator";
    }
    if (machine.server_quota && facts.server_hindered > 0) {
        model::QuotaStop stop;
        stop.group = "/limited";
        stop.of = "server";
        stop.cpus = *machine.server_quota * world.server.processors;
        stop.stopped_s = facts.server_hindered * world.server.processors * world.duration;
        health.quota_stops.push_back(std::move(stop));
    }
    return health;
}

}  // namespace

double Facts::mean_time() const {
    return times.empty() ? 0
                         : std::accumulate(times.begin(), times.end(), 0.0) /
                               static_cast<double>(times.size());
}

Simulated simulate(const World& world) {
    EventLoop loop(world);
    loop.run();
    Simulated simulated{{}, facts_of(loop)};
    auto& seen = simulated.seen;
    seen.report = report_of(world, loop);
    seen.server = usage_of(world, loop);
    seen.machine = health_of(world, simulated.facts);
    if (world.knows_ceiling) {
        seen.ceiling = 1 / world.generator_cpu;
    }
    return simulated;
}

}  // namespace benchhost::truth

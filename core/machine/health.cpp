#include "core/machine/health.hpp"

#include "core/machine/proc_file.hpp"
#include "core/machine/topology.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace benchhost::machine {
namespace {

using Cpus = std::vector<unsigned>;

bool overlap(const Cpus& one, const Cpus& other) {
    return std::any_of(one.begin(), one.end(), [&](unsigned cpu) {
        return std::find(other.begin(), other.end(), cpu) != other.end();
    });
}

Cpus without(const Cpus& cpus, const Cpus& taken) {
    Cpus left;
    std::copy_if(cpus.begin(), cpus.end(), std::back_inserter(left), [&](unsigned cpu) {
        return std::find(taken.begin(), taken.end(), cpu) == taken.end();
    });
    return left;
}

/// The numbers of a line cpu or cpuN of /proc/stat, in ticks.
struct StatLine {
    std::string label;
    std::int64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0,
                 steal = 0;
};

std::optional<StatLine> parse_stat_line(const std::string& line) {
    std::istringstream words(line);
    StatLine seen;
    words >> seen.label >> seen.user >> seen.nice >> seen.system >> seen.idle >> seen.iowait >>
        seen.irq >> seen.softirq >> seen.steal;
    return words ? std::optional(seen) : std::nullopt;
}

/// One side of a trial, between two looks.
struct Side {
    const char* name;
    const Cpus& cpus;
    Nanoseconds own;
};

std::optional<MachineShare> share_of(const Side& side, const MachineLook& begin,
                                     const MachineLook& end) {
    const auto before = sum_of(begin.times, side.cpus);
    const auto after = sum_of(end.times, side.cpus);
    if (!before || !after ||
        after->total - before->total < kLongEnough * static_cast<std::int64_t>(side.cpus.size())) {
        return std::nullopt;
    }
    return share_between(*before, *after, side.own);
}

void add_worse(std::optional<double>& worst, std::optional<std::string>& of, double share,
               const char* side) {
    if (!worst || share > *worst) {
        worst = share;
        of = side;
    }
}

/// The quotas of `side` that stopped it between two looks. One that binds the other side too is
/// told once.
void add_stops(const std::vector<CpuQuota>& begin, const std::vector<CpuQuota>& end,
               const std::string& side, std::vector<model::QuotaStop>& stops) {
    for (const auto& now : end) {
        const auto before = std::find_if(begin.begin(), begin.end(), [&](const auto& quota) {
            return quota.group == now.group;
        });
        if (before == begin.end() || !before->use || !now.use ||
            (now.use->stopped_periods <= before->use->stopped_periods &&
             now.use->stopped <= before->use->stopped)) {
            continue;
        }
        const auto known = std::find_if(stops.begin(), stops.end(),
                                        [&](const auto& stop) { return stop.group == now.group; });
        if (known != stops.end()) {
            known->of += " and " + side;
            continue;
        }
        auto& stop = stops.emplace_back();
        stop.group = now.group;
        stop.of = side;
        stop.cpus = now.cpus;
        stop.stopped_s = to_seconds(now.use->stopped - before->use->stopped);
        if (const auto periods = now.use->periods - before->use->periods; periods > 0) {
            stop.share = std::min(
                1.0, static_cast<double>(now.use->stopped_periods - before->use->stopped_periods) /
                         static_cast<double>(periods));
        }
    }
}

}  // namespace

WatchedCpus watched_cpus(const Cpus& server, const Cpus& client) {
    if (overlap(server, client)) {
        auto all = server;
        const auto rest = without(client, server);
        all.insert(all.end(), rest.begin(), rest.end());
        all = with_siblings(kSysCpu, all);
        return {all, all, server.size()};
    }
    return {without(with_siblings(kSysCpu, server), client),
            without(with_siblings(kSysCpu, client), server), server.size()};
}

TimesByCpu parse_machine_times(const std::string& proc_stat, long ticks_per_second) {
    TimesByCpu times;
    if (ticks_per_second <= 0) {
        return times;
    }
    std::istringstream lines(proc_stat);
    bool interrupts_apart = false;
    for (std::string line; std::getline(lines, line) && line.starts_with("cpu");) {
        const auto seen = parse_stat_line(line);
        if (!seen) {
            continue;
        }
        if (seen->label == "cpu") {
            // Where the kernel clocks interrupts (IRQ_TIME_ACCOUNTING) this is never 0, and they
            // are kept out of the time of processes. Elsewhere a process' own clock goes on in
            // them. Either way the packets of the load are then nobody else's.
            interrupts_apart = seen->irq > 0;
            continue;
        }
        const auto ticks = [&](std::int64_t count) {
            return Nanoseconds(count * (1'000'000'000 / ticks_per_second));
        };
        const auto processes = seen->user + seen->nice + seen->system;
        const auto interrupts = seen->irq + seen->softirq;
        times[static_cast<unsigned>(std::strtoul(seen->label.c_str() + 3, nullptr, 10))] = {
            ticks(processes + (interrupts_apart ? 0 : interrupts)), ticks(seen->steal),
            ticks(processes + interrupts + seen->steal + seen->idle + seen->iowait)};
    }
    return times;
}

TimesByCpu read_machine_times() {
    return parse_machine_times(read_proc("/proc/stat").value_or(""), ::sysconf(_SC_CLK_TCK));
}

std::optional<MachineTimes> sum_of(const TimesByCpu& times, const Cpus& cpus) {
    MachineTimes sum;
    for (const unsigned cpu : cpus) {
        const auto one = times.find(cpu);
        if (one == times.end()) {
            return std::nullopt;
        }
        sum.busy += one->second.busy;
        sum.steal += one->second.steal;
        sum.total += one->second.total;
    }
    return cpus.empty() ? std::nullopt : std::optional(sum);
}

MachineShare share_between(const MachineTimes& begin, const MachineTimes& end, Nanoseconds own) {
    const double total = to_seconds(end.total - begin.total);
    if (total <= 0) {
        return {};
    }
    const double others = to_seconds(end.busy - begin.busy - own);
    return {to_seconds(end.steal - begin.steal) / total, std::max(0.0, others / total)};
}

ClockRate read_clock_rate(const Cpus& cpus) {
    ClockRate rate;
    const std::filesystem::path folder = kSysCpu;
    for (const unsigned cpu : cpus) {
        const auto own = folder / fmt::format("cpu{}", cpu);
        if (const auto khz = read_proc_line(own / "cpufreq/scaling_cur_freq")) {
            rate.mhz = std::max(rate.mhz.value_or(0), std::strtod(khz->c_str(), nullptr) / 1000);
        }
        if (const auto count = read_proc_line(own / "thermal_throttle/core_throttle_count")) {
            rate.throttled =
                rate.throttled.value_or(0) + std::strtoull(count->c_str(), nullptr, 10);
        }
    }
    return rate;
}

QuotaLook look_at_quotas(std::optional<pid_t> server) {
    return {server ? cpu_quotas(*server) : std::vector<CpuQuota>(), cpu_quotas(::getpid())};
}

MachineLook look_at_machine(const WatchedCpus& cpus, std::optional<pid_t> server) {
    auto both = cpus.server;
    const auto rest = without(cpus.client, cpus.server);
    both.insert(both.end(), rest.begin(), rest.end());
    MachineLook look;
    look.times = read_machine_times();
    look.clock = read_clock_rate(both);
    look.quotas = look_at_quotas(server);
    return look;
}

model::MachineHealth health_between(const MachineLook& begin, const MachineLook& end,
                                    const WatchedCpus& cpus, std::optional<Nanoseconds> server_cpu,
                                    Nanoseconds client_cpu) {
    model::MachineHealth health;
    health.mhz_begin = begin.clock.mhz;
    health.mhz_end = end.clock.mhz;
    if (begin.clock.throttled && end.clock.throttled &&
        *end.clock.throttled >= *begin.clock.throttled) {
        health.throttled = *end.clock.throttled - *begin.clock.throttled;
    }
    add_stops(begin.quotas.server, end.quotas.server, "server", health.quota_stops);
    add_stops(begin.quotas.client, end.quotas.client, "generator", health.quota_stops);
    if (!server_cpu) {
        return health;
    }
    const bool shared = overlap(cpus.server, cpus.client);
    const auto both = *server_cpu + client_cpu;
    for (const auto& side : {Side{"server", cpus.server, shared ? both : *server_cpu},
                             Side{"generator", cpus.client, shared ? both : client_cpu}}) {
        if (const auto share = share_of(side, begin, end)) {
            add_worse(health.steal, health.steal_of, share->steal, side.name);
            add_worse(health.others, health.others_of, share->others, side.name);
        }
    }
    return health;
}

}  // namespace benchhost::machine

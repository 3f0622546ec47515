#include "core/cluster/cluster_generator.hpp"

#include "core/cluster/division.hpp"
#include "core/load/ceiling.hpp"
#include "core/load/merge.hpp"
#include "core/trial/measurement.hpp"
#include "core/trial/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace benchhost::cluster {
namespace {

using std::chrono::steady_clock;

constexpr auto kCeilingPatience = std::chrono::seconds(30);
constexpr auto kTick = std::chrono::milliseconds(5);
// Before they leave: what was said to them last has to go out.
constexpr auto kFarewell = std::chrono::seconds(5);

double microseconds(Nanoseconds duration) { return to_seconds(duration) * 1e6; }

results::LoadPart part_of(const RankShare& share, const RankFacts& facts, std::uint64_t seed) {
    const auto& report = share.done.report;
    results::LoadPart part;
    part.rank = facts.rank;
    part.host = facts.host;
    part.first_thread = share.first_thread;
    part.threads = share.threads;
    part.connections = share.connections;
    part.seed = seed;
    if (share.clock) {
        part.clock_offset_us = microseconds(share.clock->offset);
        part.clock_uncertainty_us = microseconds(share.clock->uncertainty);
    }
    part.duration_s = to_seconds(report.duration);
    part.requests = trial::requests_of(report);
    part.ended = trial::ended_of(report);
    if (part.duration_s > 0) {
        part.requests_per_s = report.rate();
    }
    part.round_trip_ms = trial::round_trip_ms_of(report);
    part.response_time_ms = results::summarise(report.response_time);
    part.send_lag_ms = results::summarise(report.send_lag);
    part.histogram = report.response_time;
    part.client_usage = trial::client_usage_of(report);
    return part;
}

}  // namespace

load::LoadReport merge_shares(const std::vector<RankFacts>& ranks,
                              const std::vector<RankShare>& shares,
                              steady_clock::time_point window_start) {
    std::vector<load::LoadReport> reports;
    reports.reserve(shares.size());
    for (const auto& share : shares) {
        auto& report = reports.emplace_back(share.done.report);
        const auto& facts = ranks[static_cast<std::size_t>(share.rank)];
        for (auto& note : report.notes) {
            note = fmt::format("{}: {}", name_of(facts), note);
        }
    }
    auto whole = load::merge_reports(reports);
    whole.window_start = window_start;
    return whole;
}

ClusterGenerator::ClusterGenerator(Link& link, std::vector<RankFacts> ranks, CpuShares shares,
                                   Signals signals)
    : link_(link), ranks_(std::move(ranks)), shares_(std::move(shares)), signals_(signals) {}

ClusterGenerator::~ClusterGenerator() {
    if (lost_) {
        return;
    }
    for (int rank = 1; rank < link_.size(); ++rank) {
        link_.send(rank, Tag::order, Order{});
    }
    const auto limit = steady_clock::now() + kFarewell;
    while (!link_.all_sent() && steady_clock::now() < limit) {
        std::this_thread::sleep_for(kTick);
    }
}

Result<trial::GeneratedLoad> ClusterGenerator::run(load::LoadSpec spec,
                                                   const std::atomic<bool>& stop,
                                                   load::ProgressObserver* observer) {
    JointLoad load(link_, ranks_, divide_load(spec, shares_.generators), stop, signals_, observer);
    const auto shares = load.run();
    lost_ = load.lost();
    if (!shares) {
        return shares.error();
    }
    trial::GeneratedLoad generated;
    generated.report = merge_shares(ranks_, *shares, load.window_start());
    generated.parts = parts_of(*shares, spec);
    for (const auto& share : *shares) {
        if (ranks_[static_cast<std::size_t>(share.rank)].host == ranks_.front().host) {
            generated.cpu_here += share.done.report.client.cpu;
        }
    }
    return generated;
}

/// What generators used of the processors of `share`'s rank: ranks of one host may share them.
Nanoseconds ClusterGenerator::generated_beside(const RankShare& share,
                                               const std::vector<RankShare>& shares) const {
    const auto place = static_cast<std::size_t>(share.rank);
    const auto& cpus = shares_.generators[place];
    Nanoseconds sum{};
    for (const auto& other : shares) {
        const auto its_place = static_cast<std::size_t>(other.rank);
        const auto& its = shares_.generators[its_place];
        if (ranks_[its_place].host == ranks_[place].host &&
            std::find_first_of(cpus.begin(), cpus.end(), its.begin(), its.end()) != cpus.end()) {
            sum += other.done.report.client.cpu;
        }
    }
    return sum;
}

std::vector<results::LoadPart> ClusterGenerator::parts_of(const std::vector<RankShare>& shares,
                                                          const load::LoadSpec& spec) const {
    const auto known = ceilings_.find(load::ceiling_key(spec));
    std::vector<results::LoadPart> parts;
    for (const auto& share : shares) {
        const auto place = static_cast<std::size_t>(share.rank);
        auto& part = parts.emplace_back(part_of(share, ranks_[place], spec.seed));
        // The server's own host is looked after by whoever watches the server.
        if (part.host != ranks_.front().host) {
            part.machine =
                machine::health_between(share.done.begin, share.done.end, share.done.cpus,
                                        Nanoseconds(0), generated_beside(share, shares));
        }
        if (known != ceilings_.end()) {
            part.client_usage.ceiling_per_s = known->second[place];
        }
        if (share.done.report.duration.count() > 0) {
            const auto verdict = trial::judge({share.done.report, spec.model, part.machine, false,
                                               part.client_usage.ceiling_per_s});
            part.verdict = verdict.verdict;
            part.verdict_why = verdict.why;
        }
    }
    return parts;
}

Result<std::optional<double>> ClusterGenerator::ceiling(load::LoadSpec spec,
                                                        const std::atomic<bool>& stop) {
    Ceilings ceilings(ranks_.size());
    if (auto measured = measure_ceilings(spec, stop, ceilings); !measured) {
        return measured.error();
    }
    double sum = 0;
    for (std::size_t i = 0; i < ceilings.size(); ++i) {
        if (!shares_.generators[i].empty() && !ceilings[i]) {
            return std::optional<double>();
        }
        sum += ceilings[i].value_or(0);
    }
    ceilings_[load::ceiling_key(spec)] = std::move(ceilings);
    return std::optional(sum);
}

Status ClusterGenerator::measure_ceilings(const load::LoadSpec& spec, const std::atomic<bool>& stop,
                                          Ceilings& ceilings) {
    std::size_t waiting = 0;
    std::optional<load::LoadSpec> own;
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
        if (shares_.generators[i].empty()) {
            continue;
        }
        Order order{Order::Task::ceiling, spec, {}};
        order.spec.cpus = shares_.generators[i];
        order.spec.threads = static_cast<std::uint32_t>(order.spec.cpus.size());
        if (ranks_[i].host == ranks_.front().host && !shares_.server.server.empty()) {
            order.null_server_cpu = shares_.server.server.front();
        }
        if (i == 0) {
            own = order.spec;
        } else {
            link_.send(static_cast<int>(i), Tag::order, order);
            ++waiting;
        }
    }
    Status measured;
    if (own) {
        if (const auto ceiling = load::generator_ceiling(*own, std::nullopt, stop)) {
            ceilings.front() = *ceiling;
        } else {
            measured = ceiling.error();
        }
    }
    // The others' words are taken in any case, or the next load would take them for its own.
    const auto taken = take_ceilings(waiting, ceilings);
    return measured ? taken : measured;
}

Status ClusterGenerator::take_ceilings(std::size_t waiting, Ceilings& ceilings) {
    Status status;
    const auto limit = steady_clock::now() + kCeilingPatience;
    for (; waiting > 0; std::this_thread::sleep_for(kTick)) {
        while (const auto arrival = link_.next()) {
            const auto done = link_.take<Done>(*arrival);
            const auto place = static_cast<std::size_t>(arrival->from);
            ceilings[place] = done.ceiling;
            if (!done.error.empty()) {
                status = Error{static_cast<ErrorCode>(done.error_code),
                               name_of(ranks_[place]) + ": " + done.error};
            }
            --waiting;
        }
        if (waiting > 0 && steady_clock::now() > limit) {
            lost_ = fmt::format("{} ranks did not measure the ceiling of their generator within {}",
                                waiting, format_duration(kCeilingPatience));
            return Error{ErrorCode::environment, *lost_};
        }
    }
    return status;
}

}  // namespace benchhost::cluster

// How the structs that ranks exchange are written and read: one serialize() each, for
// Boost.Serialization, found by argument-dependent lookup.
#pragma once

#include "core/load/load.hpp"
#include "core/suite/machine.hpp"

#include <boost/serialization/array.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/vector.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace benchhost::cluster {

/// Boost 1.81 knows neither std::chrono nor std::optional nor std::variant.
template <class Archive>
void exchange(Archive& archive, Nanoseconds& duration) {
    auto count = duration.count();
    archive& count;
    duration = Nanoseconds(count);
}

template <class Archive, class Value>
void exchange(Archive& archive, std::optional<Value>& value) {
    bool known = value.has_value();
    archive& known;
    if (!known) {
        value.reset();
        return;
    }
    if (!value) {
        value.emplace();
    }
    if constexpr (std::is_same_v<Value, Nanoseconds>) {
        exchange(archive, *value);
    } else {
        archive&* value;
    }
}

template <class Archive, class Enum>
void exchange_enum(Archive& archive, Enum& value) {
    auto number = static_cast<std::uint32_t>(value);
    archive& number;
    value = static_cast<Enum>(number);
}

template <class Archive>
void exchange(Archive& archive, plan::LoadModel& model) {
    std::uint32_t kind = std::holds_alternative<plan::ClosedLoop>(model)     ? 0
                         : std::holds_alternative<plan::VirtualUsers>(model) ? 1
                                                                             : 2;
    archive& kind;
    if (Archive::is_loading::value) {
        model = kind == 0   ? plan::LoadModel(plan::ClosedLoop{})
                : kind == 1 ? plan::LoadModel(plan::VirtualUsers{})
                            : plan::LoadModel(plan::OpenLoop{});
    }
    if (auto* closed = std::get_if<plan::ClosedLoop>(&model)) {
        archive & closed->connections;
    } else if (auto* users = std::get_if<plan::VirtualUsers>(&model)) {
        archive & users->users & users->spawn_rate;
        exchange(archive, users->think_time.from);
        exchange(archive, users->think_time.to);
    } else if (auto* open = std::get_if<plan::OpenLoop>(&model)) {
        archive & open->rate;
        exchange_enum(archive, open->arrivals);
        archive & open->stages & open->connections;
    }
}

}  // namespace benchhost::cluster

namespace benchhost::plan {

template <class Archive>
void serialize(Archive& archive, RateStage& stage, unsigned /*version*/) {
    archive& stage.rate;
    cluster::exchange(archive, stage.duration);
}

}  // namespace benchhost::plan

namespace benchhost::stats {

/// The buckets that hold something, and the exact extremes: nothing is lost.
template <class Archive>
void save(Archive& archive, const Histogram& histogram, unsigned /*version*/) {
    std::vector<std::pair<std::int64_t, std::uint64_t>> buckets;
    histogram.for_each_bucket([&](Nanoseconds highest, std::uint64_t count) {
        buckets.emplace_back(highest.count(), count);
    });
    const std::int64_t least = histogram.min().count();
    const std::int64_t most = histogram.max().count();
    archive& buckets& least& most;
}

template <class Archive>
void load(Archive& archive, Histogram& histogram, unsigned /*version*/) {
    std::vector<std::pair<std::int64_t, std::uint64_t>> buckets;
    std::int64_t least = 0;
    std::int64_t most = 0;
    archive& buckets& least& most;
    histogram.clear();
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        auto [value, count] = buckets[i];
        // The extremes lie in the outermost buckets and stand for one value of each.
        if (i == 0) {
            histogram.record(Nanoseconds(least));
            --count;
        }
        const bool last = i + 1 == buckets.size();
        histogram.record(Nanoseconds(last ? most : value), count);
    }
}

template <class Archive>
void serialize(Archive& archive, Histogram& histogram, unsigned version) {
    boost::serialization::split_free(archive, histogram, version);
}

}  // namespace benchhost::stats

namespace benchhost::load {

template <class Archive>
void serialize(Archive& archive, Target& target, unsigned /*version*/) {
    archive& target.address& target.port& target.unix_path& target.host_header& target.path;
}

template <class Archive>
void serialize(Archive& archive, Expectation& expectation, unsigned /*version*/) {
    cluster::exchange_enum(archive, expectation.verify);
    archive& expectation.status;
    cluster::exchange(archive, expectation.body);
}

template <class Archive>
void serialize(Archive& archive, LoadSpec& spec, unsigned /*version*/) {
    archive& spec.target& spec.expectation;
    cluster::exchange(archive, spec.model);
    for (auto* duration : {&spec.warmup, &spec.duration, &spec.timeout}) {
        cluster::exchange(archive, *duration);
    }
    archive& spec.keep_alive& spec.pipeline& spec.threads& spec.cpus& spec.seed;
    archive& spec.first_thread;
    cluster::exchange(archive, spec.all_threads);
}

template <class Archive>
void serialize(Archive& archive, Books& books, unsigned /*version*/) {
    archive& books.planned& books.sent& books.shed& books.unsent& books.ok& books.failed;
    archive& books.unfinished;
}

template <class Archive>
void serialize(Archive& archive, SecondRecord& second, unsigned /*version*/) {
    archive& second.t& second.ok& second.failed& second.latencies;
    cluster::exchange(archive, second.p50);
    cluster::exchange(archive, second.p99);
}

template <class Archive>
void save(Archive& archive, const FailureCounts& failures, unsigned /*version*/) {
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        const auto failure = static_cast<FailureClass>(i);
        const std::uint64_t count = failures.count(failure);
        archive& count& failures.example(failure);
    }
}

template <class Archive>
void load(Archive& archive, FailureCounts& failures, unsigned /*version*/) {
    failures = {};
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        std::uint64_t count = 0;
        std::string example;
        archive& count& example;
        failures.add_many(static_cast<FailureClass>(i), count, example);
    }
}

template <class Archive>
void serialize(Archive& archive, FailureCounts& failures, unsigned version) {
    boost::serialization::split_free(archive, failures, version);
}

template <class Archive>
void serialize(Archive& archive, ClientUsage& usage, unsigned /*version*/) {
    cluster::exchange(archive, usage.cpu);
    archive& usage.max_thread_utilisation;
    cluster::exchange(archive, usage.max_loop_lag);
}

/// All but window_start: it is a time of the sender's clock.
template <class Archive>
void serialize(Archive& archive, LoadReport& report, unsigned /*version*/) {
    cluster::exchange(archive, report.duration);
    archive& report.books& report.failures& report.response_time& report.service_time;
    archive& report.send_lag& report.failed_time& report.series;
    archive& report.connections.opened& report.connections.reused_requests;
    archive& report.connections.closed_by_server& report.bytes.received& report.bytes.body;
    archive& report.client& report.mean_in_flight& report.failed_outside;
    cluster::exchange(archive, report.longest_cut_stay);
    cluster::exchange(archive, report.offered_ceiling);
    archive& report.nofile& report.notes& report.interrupted;
    cluster::exchange(archive, report.gave_up);
}

template <class Archive>
void serialize(Archive& archive, Progress& progress, unsigned /*version*/) {
    cluster::exchange_enum(archive, progress.phase);
    cluster::exchange(archive, progress.elapsed);
    cluster::exchange(archive, progress.total);
    archive& progress.rate& progress.failed;
    cluster::exchange(archive, progress.p99);
}

}  // namespace benchhost::load

namespace benchhost::process {

template <class Archive>
void serialize(Archive& archive, QuotaUse& use, unsigned /*version*/) {
    archive& use.periods& use.stopped_periods;
    cluster::exchange(archive, use.stopped);
}

template <class Archive>
void serialize(Archive& archive, CpuQuota& quota, unsigned /*version*/) {
    archive& quota.group& quota.cpus;
    cluster::exchange(archive, quota.use);
}

}  // namespace benchhost::process

namespace benchhost::suite {

template <class Archive>
void serialize(Archive& archive, WatchedCpus& cpus, unsigned /*version*/) {
    archive& cpus.server& cpus.client;
}

template <class Archive>
void serialize(Archive& archive, MachineTimes& times, unsigned /*version*/) {
    cluster::exchange(archive, times.busy);
    cluster::exchange(archive, times.steal);
    cluster::exchange(archive, times.total);
}

template <class Archive>
void serialize(Archive& archive, ClockRate& clock, unsigned /*version*/) {
    cluster::exchange(archive, clock.mhz);
    cluster::exchange(archive, clock.throttled);
}

template <class Archive>
void serialize(Archive& archive, MachineLook& look, unsigned /*version*/) {
    archive& look.times& look.clock& look.quotas.server& look.quotas.client;
}

}  // namespace benchhost::suite

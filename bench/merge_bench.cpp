// What a trial under MPI costs beyond its window: sixteen ranks' reports added up.
#include "core/load/engine/live_latency.hpp"
#include "core/load/merge.hpp"

#include <benchmark/benchmark.h>

#include <random>

namespace {

using namespace benchhost;
using namespace std::chrono_literals;

/// A minute at 100,000 requests/s, spread over five decades of latency.
load::LoadReport busy_report(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> latency(13, 1.5);  // median 0.44 ms, in ns
    load::LoadReport report;
    report.duration = 60s;
    for (std::uint32_t t = 0; t < 60; ++t) {
        std::vector<std::uint32_t> counts(load::LiveLatency::kBuckets);
        for (int i = 0; i < 10'000; ++i) {
            const Nanoseconds value(static_cast<std::int64_t>(latency(random)));
            report.response_time.record(value, 10);
            ++counts[load::LiveLatency::bucket_of(value)];
        }
        auto& second = report.series.emplace_back();
        second.t = t;
        for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) {
            if (counts[bucket] > 0) {
                second.latencies.emplace_back(static_cast<std::uint16_t>(bucket), counts[bucket]);
            }
        }
    }
    report.service_time = report.response_time;
    report.send_lag = report.response_time;
    return report;
}

void merge_sixteen_reports(benchmark::State& state) {
    std::vector<load::LoadReport> parts;
    for (std::uint64_t rank = 0; rank < 16; ++rank) {
        parts.push_back(busy_report(rank));
    }
    for (auto iteration : state) {
        benchmark::DoNotOptimize(load::merge_reports(parts));
    }
}
BENCHMARK(merge_sixteen_reports)->Unit(benchmark::kMillisecond);

}  // namespace

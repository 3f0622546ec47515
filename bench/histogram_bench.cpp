// What it costs to count one latency.
#include "core/load/engine/live_latency.hpp"
#include "core/load/engine/tally.hpp"
#include "core/stats/histogram.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

namespace {

using benchhost::Nanoseconds;

// Latencies around 300 us, as a closed loop of some dozen connections has them.
std::vector<Nanoseconds> latencies() {
    std::mt19937_64 random(1);
    std::lognormal_distribution<double> spread(12.6, 0.5);
    std::vector<Nanoseconds> values;
    for (int i = 0; i < 4096; ++i) {
        values.emplace_back(static_cast<std::int64_t>(spread(random)));
    }
    return values;
}

void histogram_record(benchmark::State& state) {
    const auto values = latencies();
    benchhost::stats::Histogram histogram;
    std::size_t next = 0;
    for (auto _ : state) {
        histogram.record(values[next++ % values.size()]);
    }
    benchmark::DoNotOptimize(histogram.count());
}
BENCHMARK(histogram_record);

void live_record(benchmark::State& state) {
    const auto values = latencies();
    const auto live = std::make_unique<benchhost::load::LiveLatency>();
    std::size_t next = 0;
    for (auto _ : state) {
        live->record(values[next++ % values.size()]);
    }
    benchmark::DoNotOptimize(live->count(0));
}
BENCHMARK(live_record);

// Everything the books do for one request of a closed loop.
void tally_one_request(benchmark::State& state) {
    using benchhost::Instant;
    const auto values = latencies();
    const auto tally = std::make_unique<benchhost::load::Tally>();
    Instant now{std::chrono::seconds(1)};
    tally->set_window(now, now + std::chrono::hours(1));
    std::size_t next = 0;
    for (auto _ : state) {
        tally->planned(now);
        tally->sent({now}, true, now);
        tally->written(1, now);
        const Instant written = now;
        now += Nanoseconds(100);
        tally->answered();
        tally->ok({written, written}, written + values[next++ % values.size()], 12);
    }
    benchmark::DoNotOptimize(tally->live().ok.load());
}
BENCHMARK(tally_one_request);

void histogram_quantile(benchmark::State& state) {
    benchhost::stats::Histogram histogram;
    for (const Nanoseconds value : latencies()) {
        histogram.record(value);
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(histogram.at_quantile(0.99));
    }
}
BENCHMARK(histogram_quantile);

}  // namespace

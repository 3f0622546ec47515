// What it costs to plan one request of an open loop.
#include "core/load/schedule.hpp"

#include <benchmark/benchmark.h>

namespace {

using benchhost::load::Schedule;
namespace model = benchhost::model;

model::OpenLoop open_loop(model::Arrivals arrivals) {
    model::OpenLoop open;
    open.rate = 1000;
    open.arrivals = arrivals;
    open.stages = {{50'000, std::chrono::hours(1)}};
    return open;
}

void schedule_constant(benchmark::State& state) {
    Schedule schedule(open_loop(model::Arrivals::constant), std::chrono::seconds(1), 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(schedule.next());
    }
}
BENCHMARK(schedule_constant);

void schedule_poisson(benchmark::State& state) {
    Schedule schedule(open_loop(model::Arrivals::poisson), std::chrono::seconds(1), 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(schedule.next());
    }
}
BENCHMARK(schedule_poisson);

// What the other threads of the run plan is passed over.
void schedule_skip(benchmark::State& state) {
    Schedule schedule(open_loop(model::Arrivals::poisson), std::chrono::seconds(1), 1);
    for (auto _ : state) {
        schedule.skip(1);
    }
    benchmark::DoNotOptimize(schedule.next());
}
BENCHMARK(schedule_skip);

}  // namespace

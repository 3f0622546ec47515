// What it costs to tell results again: 2,000 trials, 200 servers in 10 rounds.
#include "core/results/results.hpp"
#include "report/formats/formats.hpp"
#include "tests/fixtures/large_results.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace benchhost;

const std::string& large_json() {
    static const std::string kJson = results::to_json(fixtures::large_results(200, 10));
    return kJson;
}

void read_results(benchmark::State& state) {
    const auto& json = large_json();
    for (auto _ : state) {
        benchmark::DoNotOptimize(results::parse_results(json));
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * json.size()));
}
BENCHMARK(read_results)->Unit(benchmark::kMillisecond);

// From the text of results.json to the text of the report, as `benchhost report` does it.
void report(benchmark::State& state, const char* format) {
    const auto& json = large_json();
    for (auto _ : state) {
        const auto results = results::parse_results(json);
        benchmark::DoNotOptimize(report::render(format, results.value()));
    }
}
BENCHMARK_CAPTURE(report, markdown, "md")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, html, "html")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, csv, "csv")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, locust, "locust-csv")->Unit(benchmark::kMillisecond);

}  // namespace

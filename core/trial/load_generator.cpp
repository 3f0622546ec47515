#include "core/trial/load_generator.hpp"

#include "core/load/ceiling.hpp"

#include <algorithm>

namespace benchhost::trial {

void LocalGenerator::take_cpus(load::LoadSpec& spec) const {
    spec.cpus = cpus_;
    spec.threads = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(cpus_.size()));
}

Result<GeneratedLoad> LocalGenerator::run(load::LoadSpec spec, const std::atomic<bool>& stop,
                                          load::ProgressObserver* observer) {
    take_cpus(spec);
    auto report = load::run_load(spec, stop, observer);
    if (!report) {
        return report.error();
    }
    const Nanoseconds cpu = report->client.cpu;
    return GeneratedLoad{std::move(*report), {}, cpu};
}

Result<std::optional<double>> LocalGenerator::ceiling(load::LoadSpec spec,
                                                      const std::atomic<bool>& stop) {
    take_cpus(spec);
    return load::generator_ceiling(std::move(spec), null_server_cpu_, stop);
}

LocalGenerator local_generator(const machine::CpuSplit& cpus) {
    return {cpus.client, cpus.server.empty() ? std::nullopt : std::optional(cpus.server.front())};
}

}  // namespace benchhost::trial

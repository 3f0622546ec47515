// Where the load of a suite comes from: the seam between trials and generators.
#pragma once

#include "core/base/result.hpp"
#include "core/load/load.hpp"
#include "core/machine/topology.hpp"
#include "core/results/results.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::trial {

struct GeneratedLoad {
    load::LoadReport report;               ///< of the whole load
    std::vector<results::LoadPart> parts;  ///< by rank; empty: this process generated all of it
    Nanoseconds cpu_here{};                ///< what generators on this host used in the window
};

/// One load at a time; called by the thread that runs the suite.
class LoadGenerator {
  public:
    virtual ~LoadGenerator() = default;
    /// As load::run_load: threads and processors are the generator's own choice.
    virtual Result<GeneratedLoad> run(load::LoadSpec spec, const std::atomic<bool>& stop,
                                      load::ProgressObserver* observer) = 0;
    /// As load::generator_ceiling.
    virtual Result<std::optional<double>> ceiling(load::LoadSpec spec,
                                                  const std::atomic<bool>& stop) = 0;
    /// Why no more load will come from it; absent while it works.
    virtual std::optional<std::string> lost() const { return std::nullopt; }
};

/// This process.
class LocalGenerator : public LoadGenerator {
  public:
    /// One thread for each of `cpus`, pinned to it; none: one thread that is not pinned. The null
    /// server of ceiling() runs on `null_server_cpu`.
    LocalGenerator(std::vector<unsigned> cpus, std::optional<unsigned> null_server_cpu)
        : cpus_(std::move(cpus)), null_server_cpu_(null_server_cpu) {}

    Result<GeneratedLoad> run(load::LoadSpec spec, const std::atomic<bool>& stop,
                              load::ProgressObserver* observer) override;
    Result<std::optional<double>> ceiling(load::LoadSpec spec,
                                          const std::atomic<bool>& stop) override;

  private:
    void take_cpus(load::LoadSpec& spec) const;

    std::vector<unsigned> cpus_;
    std::optional<unsigned> null_server_cpu_;
};

/// On the generator's side of the machine; the null server runs on the server's.
LocalGenerator local_generator(const machine::CpuSplit& cpus);

}  // namespace benchhost::trial

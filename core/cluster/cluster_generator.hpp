// The ranks of an MPI program as the load generator of a suite.
#pragma once

#include "core/cluster/hosts.hpp"
#include "core/cluster/joint_load.hpp"
#include "core/cluster/link.hpp"
#include "core/load/ceiling.hpp"
#include "core/trial/load_generator.hpp"

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::cluster {

/// Lives on the coordinator, on the thread that started MPI. Lets the other ranks go when it is
/// destroyed, unless one was lost: then the program has to be aborted.
class ClusterGenerator : public trial::LoadGenerator {
  public:
    /// `ranks` by rank of the link.
    ClusterGenerator(Link& link, std::vector<RankFacts> ranks, CpuShares shares, Signals signals);
    ~ClusterGenerator() override;
    ClusterGenerator(const ClusterGenerator&) = delete;
    ClusterGenerator& operator=(const ClusterGenerator&) = delete;
    ClusterGenerator(ClusterGenerator&&) = delete;
    ClusterGenerator& operator=(ClusterGenerator&&) = delete;

    Result<trial::GeneratedLoad> run(load::LoadSpec spec, const std::atomic<bool>& stop,
                                     load::ProgressObserver* observer) override;
    /// The sum of the ranks' own, each against a null server on its host, all at once.
    Result<std::optional<double>> ceiling(load::LoadSpec spec,
                                          const std::atomic<bool>& stop) override;
    std::optional<std::string> lost() const override { return lost_; }

  private:
    using Ceilings = std::vector<std::optional<double>>;  ///< by rank of the link

    Status measure_ceilings(const load::LoadSpec& spec, const std::atomic<bool>& stop,
                            Ceilings& ceilings);
    Status take_ceilings(std::size_t waiting, Ceilings& ceilings);
    Nanoseconds generated_beside(const RankShare& share,
                                 const std::vector<RankShare>& shares) const;
    std::vector<results::LoadPart> parts_of(const std::vector<RankShare>& shares,
                                            const load::LoadSpec& spec) const;

    Link& link_;
    std::vector<RankFacts> ranks_;
    CpuShares shares_;
    Signals signals_;
    std::map<load::CeilingKey, Ceilings> ceilings_;
    std::optional<std::string> lost_;
};

/// The shares of one load as one report: notes get the name of their host. Pure.
load::LoadReport merge_shares(const std::vector<RankFacts>& ranks,
                              const std::vector<RankShare>& shares,
                              std::chrono::steady_clock::time_point window_start);

}  // namespace benchhost::cluster

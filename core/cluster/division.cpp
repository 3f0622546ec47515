#include "core/cluster/division.hpp"

#include "core/load/shares.hpp"

#include <algorithm>
#include <numeric>

namespace benchhost::cluster {
namespace {

/// Threads of each rank, at most `connections` together: rank by rank one more, so that none is
/// left out while another has several.
std::vector<std::uint32_t> threads_of(const std::vector<std::vector<unsigned>>& cpus,
                                      std::uint32_t connections) {
    std::vector<std::uint32_t> threads(cpus.size(), 0);
    bool more = true;
    while (more && connections > 0) {
        more = false;
        for (std::size_t i = 0; i < cpus.size() && connections > 0; ++i) {
            if (threads[i] < cpus[i].size()) {
                ++threads[i];
                --connections;
                more = true;
            }
        }
    }
    return threads;
}

}  // namespace

std::vector<std::optional<load::LoadSpec>> divide_load(
    const load::LoadSpec& whole, const std::vector<std::vector<unsigned>>& cpus) {
    const auto threads = threads_of(cpus, load::connections_of(whole.model));
    const auto all = std::accumulate(threads.begin(), threads.end(), std::uint32_t{0});
    std::vector<std::optional<load::LoadSpec>> specs(cpus.size());
    std::uint32_t first = 0;
    for (std::size_t i = 0; i < cpus.size(); ++i) {
        if (threads[i] > 0) {
            auto& spec = specs[i].emplace(whole);
            spec.cpus = cpus[i];
            spec.threads = threads[i];
            spec.first_thread = first;
            spec.all_threads = all;
            first += threads[i];
        }
    }
    return specs;
}

}  // namespace benchhost::cluster

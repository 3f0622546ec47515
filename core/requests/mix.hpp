// Which kind of request is asked when.
#pragma once

#include "core/base/result.hpp"
#include "core/model/request_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace benchhost::requests {

/// Each kind has its share of every cycle, exactly, and none comes in a bunch; each cycle begins
/// somewhere else, so that kinds do not keep step with connections. One thread's.
class Mix {
  public:
    /// The weights, as reduced_weights() has them: together at most kMostSteps, not all 0.
    Mix(const std::vector<std::uint32_t>& weights, std::uint64_t seed);
    static constexpr std::uint64_t kMostSteps = 10'000;

    std::uint16_t next() {
        if (cycle_.size() == 1) {
            return cycle_.front();
        }
        if (step_ == cycle_.size()) {
            begin_cycle();
        }
        const std::size_t place = begin_ + step_++;
        return cycle_[place < cycle_.size() ? place : place - cycle_.size()];
    }

  private:
    void begin_cycle();

    std::vector<std::uint16_t> cycle_;
    std::uint64_t seed_;
    std::uint64_t cycles_ = 0;  // begun
    std::size_t begin_ = 0;
    std::size_t step_ = 0;
};

/// What the requests weigh, without what their weights have in common. Error of code usage.
Result<std::vector<std::uint32_t>> reduced_weights(const std::vector<model::RequestSpec>& requests);

}  // namespace benchhost::requests

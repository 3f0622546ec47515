#include "core/requests/mix.hpp"

#include "core/requests/drawn_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace benchhost::requests {

// Each step goes to the kind that is furthest behind its share.
Mix::Mix(const std::vector<std::uint32_t>& weights, std::uint64_t seed) : seed_(seed) {
    const auto sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    std::vector<std::int64_t> behind(weights.size());
    for (std::int64_t step = 0; step < sum; ++step) {
        for (std::size_t i = 0; i < weights.size(); ++i) {
            behind[i] += weights[i];
        }
        const auto next = std::max_element(behind.begin(), behind.end());
        *next -= sum;
        cycle_.push_back(static_cast<std::uint16_t>(next - behind.begin()));
    }
    begin_cycle();
}

void Mix::begin_cycle() {
    begin_ = static_cast<std::size_t>(mix_words(seed_, cycles_++) % cycle_.size());
    step_ = 0;
}

Result<std::vector<std::uint32_t>> reduced_weights(
    const std::vector<model::RequestSpec>& requests) {
    std::vector<std::uint32_t> weights;
    std::uint32_t common = 0;
    for (const auto& request : requests) {
        weights.push_back(request.weight);
        common = std::gcd(common, request.weight);
    }
    std::uint64_t sum = 0;
    for (auto& weight : weights) {
        weight /= std::max(common, 1U);
        sum += weight;
    }
    if (sum == 0) {
        return Error{ErrorCode::usage, "a mix whose weights are all 0 asks nothing"};
    }
    if (sum > Mix::kMostSteps) {
        return Error{ErrorCode::usage,
                     fmt::format("the weights are {} parts of a whole; allowed: up to {}, so that "
                                 "each has its share within a short time",
                                 sum, Mix::kMostSteps)};
    }
    return weights;
}

}  // namespace benchhost::requests

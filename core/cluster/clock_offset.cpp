#include "core/cluster/clock_offset.hpp"

#include <algorithm>

namespace benchhost::cluster {

ClockOffset offset_from(const std::vector<ClockSample>& samples) {
    const auto best =
        *std::min_element(samples.begin(), samples.end(), [](const auto& left, const auto& right) {
            return left.answered - left.asked < right.answered - right.asked;
        });
    const Nanoseconds half = (best.answered - best.asked) / 2;
    return {best.told - (best.asked + half), half};
}

}  // namespace benchhost::cluster

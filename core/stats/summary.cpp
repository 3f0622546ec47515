#include "core/stats/summary.hpp"

#include <algorithm>
#include <cmath>

namespace benchhost::stats {

std::optional<double> median(std::vector<double> values) {
    return quantile_of(std::move(values), 0.5);
}

std::optional<double> quantile_of(std::vector<double> values, double quantile) {
    if (values.empty()) {
        return std::nullopt;
    }
    std::sort(values.begin(), values.end());
    const double position = std::clamp(quantile, 0.0, 1.0) * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const auto above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], position - static_cast<double>(below));
}

std::optional<double> median_absolute_deviation(const std::vector<double>& values) {
    const auto middle = median(values);
    if (!middle) {
        return std::nullopt;
    }
    std::vector<double> distances(values.size());
    std::transform(values.begin(), values.end(), distances.begin(),
                   [&](double value) { return std::abs(value - *middle); });
    return median(std::move(distances));
}

std::optional<double> relative_half_range(const std::vector<double>& values) {
    const auto middle = median(values);
    if (values.size() < 2 || *middle == 0) {
        return std::nullopt;
    }
    const auto [least, largest] = std::minmax_element(values.begin(), values.end());
    return (*largest - *least) / 2 / std::abs(*middle);
}

}  // namespace benchhost::stats

// What a comparison of two builds can be gated on, in the order of its tables: those that noise
// hardly touches first. The enumerators are the names in [gate] and --tolerance.
#pragma once

#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>

#include <array>
#include <string_view>

namespace benchhost {

BOOST_DEFINE_ENUM_CLASS(GateMetric, cpu, rss, rps, p99, p50)

struct NamedGateMetric {
    GateMetric metric;
    std::string_view name;
};

template <template <class...> class List, class... Enumerators>
constexpr std::array<NamedGateMetric, sizeof...(Enumerators)> gate_metrics_of(
    List<Enumerators...> /*described*/) {
    return {NamedGateMetric{Enumerators::value, Enumerators::name}...};
}
inline constexpr auto kGateMetrics =
    gate_metrics_of(boost::describe::describe_enumerators<GateMetric>());

constexpr std::string_view name_of(GateMetric metric) {
    return kGateMetrics[static_cast<std::size_t>(metric)].name;
}

}  // namespace benchhost

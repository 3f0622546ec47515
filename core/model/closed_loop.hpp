// Each connection asks again as soon as it has its answer. Latency counts from the write and is
// not corrected for coordinated omission.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace benchhost::model {

constexpr std::uint32_t kMostConnections = 1'000'000;

/// The error (code usage) says that `connections` are none or too many.
Status check_connections(std::uint32_t connections);

struct ClosedLoop {
    std::uint32_t connections = 64;

    static constexpr std::string_view kName = "closed";
    static constexpr bool kOpensAhead = true;
    static constexpr bool kNeverPauses = true;
    static constexpr bool kPipelines = true;
    static constexpr bool kDividesByConnections = true;
    static constexpr bool kOffersAllTheSame = false;

    std::string describe() const;
    Status check() const { return check_connections(connections); }
    std::uint32_t open_at_once() const { return connections; }
    Nanoseconds build_up() const { return {}; }
    std::optional<double> offered_ceiling() const { return std::nullopt; }
    Nanoseconds mean_pause() const { return {}; }
    void make_quick(double /*share*/) {}
};
BOOST_DESCRIBE_STRUCT(ClosedLoop, (), (connections))

}  // namespace benchhost::model

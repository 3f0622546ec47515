// A dummy: a closed loop without pipelining.
#pragma once

#include "core/model/closed_loop.hpp"

#include <fmt/format.h>

namespace benchhost::model {

struct Pulse {
    std::uint32_t connections = 64;

    static constexpr std::string_view kName = "pulse";
    static constexpr bool kOpensAhead = true;
    static constexpr bool kNeverPauses = true;
    static constexpr bool kPipelines = false;
    static constexpr bool kDividesByConnections = true;
    static constexpr bool kOffersAllTheSame = false;

    std::string describe() const { return fmt::format("pulse; {} connections", connections); }
    Status check() const { return check_connections(connections); }
    std::uint32_t open_at_once() const { return connections; }
    Nanoseconds build_up() const { return {}; }
    std::optional<double> offered_ceiling() const { return std::nullopt; }
    Nanoseconds mean_pause() const { return {}; }
    void make_quick(double /*share*/) {}
};
BOOST_DESCRIBE_STRUCT(Pulse, (), (connections))

}  // namespace benchhost::model

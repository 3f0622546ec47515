// One global schedule t_k; latency counts from t_k, also when no connection was free.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::model {

enum class Arrivals { constant, poisson };
BOOST_DESCRIBE_ENUM(Arrivals, constant, poisson)

/// From the previous rate to `rate`, linearly, over `duration`.
struct RateStage {
    double rate = 0;  ///< requests/s at the end of the stage
    Nanoseconds duration{};
};
BOOST_DESCRIBE_STRUCT(RateStage, (), (rate, duration))

struct OpenLoop {
    double rate = 0;  ///< requests/s; with stages, the rate the first stage starts from
    Arrivals arrivals = Arrivals::constant;
    std::vector<RateStage> stages;   ///< empty: constant rate for the profile's duration
    std::uint32_t connections = 64;  ///< the most that may be open

    static constexpr std::string_view kName = "rate";
    static constexpr bool kOpensAhead = true;
    static constexpr bool kNeverPauses = false;
    static constexpr bool kPipelines = true;
    static constexpr bool kDividesByConnections = false;  // the schedule goes round the threads
    static constexpr bool kOffersAllTheSame = true;

    std::string describe() const;
    Status check() const;
    std::uint32_t open_at_once() const { return connections; }
    Nanoseconds build_up() const { return {}; }
    std::optional<double> offered_ceiling() const { return highest_rate(); }
    Nanoseconds mean_pause() const { return {}; }
    void make_quick(double share);
    double highest_rate() const;
};
BOOST_DESCRIBE_STRUCT(OpenLoop, (), (rate, arrivals, stages, connections))

/// One of several rates that a server is asked for in turn.
struct SweepRate {
    double value = 0;  ///< requests/s, or a share of what the server reaches in a closed loop
    bool is_share = false;
};
BOOST_DESCRIBE_STRUCT(SweepRate, (), (value, is_share))

/// The open loop at each of several rates.
struct RateSweep {
    std::vector<SweepRate> rates;  ///< not empty, all of one kind
    Arrivals arrivals = Arrivals::constant;
    std::uint32_t connections = 64;

    static constexpr std::string_view kName = "sweep";
    static constexpr bool kOffersAllTheSame = false;

    std::string describe() const;
    OpenLoop at(double rate) const { return {rate, arrivals, {}, connections}; }
    std::uint32_t open_at_once() const { return connections; }
    void make_quick(double /*share*/) {}
};
BOOST_DESCRIBE_STRUCT(RateSweep, (), (rates, arrivals, connections))

}  // namespace benchhost::model

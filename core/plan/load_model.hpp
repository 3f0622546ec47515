// The load models of docs/measurement.md as data: who decides when the next request goes.
#pragma once

#include "core/base/units.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace benchhost::plan {

/// Each connection asks again as soon as it has its answer. Latency counts from the write and is
/// not corrected for coordinated omission.
struct ClosedLoop {
    std::uint32_t connections = 64;
};

/// Virtual users on a connection of their own: answer, think, ask again.
struct VirtualUsers {
    std::uint32_t users = 0;
    double spawn_rate = 0;     ///< users started a second
    DurationRange think_time;  ///< drawn uniformly
};

enum class Arrivals { constant, poisson };

/// From the previous rate to `rate`, linearly, over `duration`.
struct RateStage {
    double rate = 0;  ///< requests/s at the end of the stage
    Nanoseconds duration{};
};

/// One of several rates that a server is asked for in turn.
struct SweepRate {
    double value = 0;  ///< requests/s, or a share of what the server reaches in a closed loop
    bool is_share = false;
};

/// One global schedule t_k; latency counts from t_k, also when no connection was free.
struct OpenLoop {
    double rate = 0;  ///< requests/s; with stages, the rate the first stage starts from
    Arrivals arrivals = Arrivals::constant;
    std::vector<RateStage> stages;   ///< empty: constant rate for the profile's duration
    std::uint32_t connections = 64;  ///< the most that may be open
    std::vector<SweepRate> sweep{};  ///< not empty: each instead of `rate`, all of one kind
};

/// Raises users or rate until requests fail or the objective breaks, then searches the border.
struct LimitSearch {
    enum class Of { users, rate };
    Of of = Of::users;
    double start = 0;            ///< users, or requests/s
    double step = 0;             ///< the first increase; doubled as long as the load is borne
    std::optional<double> most;  ///< nothing above it is tried
    Nanoseconds step_duration{};
    double resolution = 0;  ///< share of the load that the two borders may differ by
    std::optional<Nanoseconds> search_time;  ///< nothing new is tried after it
    double fail_above = 0;                   ///< share of failed requests that is still a pass
    std::optional<Nanoseconds> slo_p99;
    double spawn_rate = 0;                   ///< of = users
    DurationRange think_time;                ///< of = users
    Arrivals arrivals = Arrivals::constant;  ///< of = rate
    std::uint32_t connections = 64;          ///< of = rate
};

using LoadModel = std::variant<ClosedLoop, VirtualUsers, OpenLoop, LimitSearch>;

/// How closely each answer is compared with what was expected.
enum class Verify { full, length, status };

}  // namespace benchhost::plan

// Raises users or rate until requests fail or the objective breaks, then searches the border.
#pragma once

#include "core/model/open_loop.hpp"
#include "core/model/virtual_users.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace benchhost::model {

struct LimitSearch {
    enum class Of { users, rate };
    BOOST_DESCRIBE_NESTED_ENUM(Of, users, rate)
    Of of = Of::users;
    double start = 0;            ///< users, or requests/s
    double step = 0;             ///< the first increase; doubled as long as the load is borne
    std::optional<double> most;  ///< nothing above it is tried
    Nanoseconds step_duration = std::chrono::seconds(10);
    double resolution = 0.02;  ///< share of the load that the two borders may differ by
    std::optional<Nanoseconds> search_time;  ///< nothing new is tried after it
    double fail_above = 0;                   ///< share of failed requests that is still a pass
    std::optional<Nanoseconds> slo_p99;
    double spawn_rate = VirtualUsers{}.spawn_rate;         ///< of = users
    DurationRange think_time = VirtualUsers{}.think_time;  ///< of = users
    Arrivals arrivals = Arrivals::constant;                ///< of = rate
    std::uint32_t connections = 64;                        ///< of = rate

    static constexpr std::string_view kName = "limit";
    static constexpr bool kOffersAllTheSame = false;

    std::string describe() const;
    /// One step of the search.
    std::variant<VirtualUsers, OpenLoop> at(double load) const;
    /// What it opens in any case, and what it may open; a search without an end has the ports of
    /// one address.
    std::uint64_t least_open() const { return of == Of::users ? 0 : connections; }
    std::uint64_t most_open() const;
    void make_quick(double share);
};
BOOST_DESCRIBE_STRUCT(LimitSearch, (),
                      (of, start, step, most, step_duration, resolution, search_time, fail_above,
                       slo_p99, spawn_rate, think_time, arrivals, connections))

}  // namespace benchhost::model

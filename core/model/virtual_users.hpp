// Virtual users on a connection of their own: answer, think, ask again.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace benchhost::model {

struct VirtualUsers {
    std::uint32_t users = 0;
    double spawn_rate = 100;  ///< users started a second
    /// Drawn uniformly.
    DurationRange think_time{std::chrono::seconds(5), std::chrono::seconds(15)};

    static constexpr std::string_view kName = "users";
    static constexpr bool kOpensAhead = false;  // each when it is spawned
    static constexpr bool kNeverPauses = false;
    static constexpr bool kPipelines = false;
    static constexpr bool kDividesByConnections = true;
    static constexpr bool kOffersAllTheSame = true;

    std::string describe() const;
    Status check() const;
    std::uint32_t open_at_once() const { return users; }
    /// The spawning of all.
    Nanoseconds build_up() const;
    std::optional<double> offered_ceiling() const;
    Nanoseconds mean_pause() const { return (think_time.from + think_time.to) / 2; }
    void make_quick(double share);
};
BOOST_DESCRIBE_STRUCT(VirtualUsers, (), (users, spawn_rate, think_time))

}  // namespace benchhost::model

// What the machine did while a load ran, that nobody of the trial had asked for.
#pragma once

#include "core/base/described.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::model {

/// A control group whose quota of processor time was used up in the window.
struct QuotaStop {
    std::string group;            ///< "/q"
    std::string of;               ///< "server", "generator" or "server and generator"
    double cpus = 0;              ///< what the quota gives, in processors
    std::optional<double> share;  ///< of its periods that were too short; absent when none ended
    double stopped_s = 0;         ///< how long its members waited, summed over processors
};
BOOST_DESCRIBE_STRUCT(QuotaStop, (), (group, of, cpus, share, stopped_s))

/// What the machine did meanwhile, that neither the server nor the generator asked for.
struct MachineHealth {
    /// Share of processor time that the hypervisor took: on the processors of the server or of the
    /// generator, whichever is more.
    std::optional<double> steal;
    std::optional<double> others;  ///< share that other processes used, likewise
    /// Of the fastest processor, at the edges of the window.
    std::optional<double> mhz_begin = std::nullopt, mhz_end = std::nullopt;
    /// Times the processors were slowed for their heat.
    std::optional<std::uint64_t> throttled = std::nullopt;
    /// On whose processors: "server" or "generator".
    std::optional<std::string> steal_of = std::nullopt, others_of = std::nullopt;
    std::vector<QuotaStop> quota_stops = {};
    /// How often a connection found the queue of a listener full, anywhere in our network
    /// namespace, from before the load to after it.
    std::optional<std::uint64_t> listen_overflows = std::nullopt;
    /// How full the table of tracked connections was after the load, as a share.
    std::optional<double> conntrack = std::nullopt;
    /// How long a process of the server was seen stopped by a signal, or frozen with its control
    /// group, from the beginning of the window until its last answers were there or given up.
    std::optional<double> server_stopped_s = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(MachineHealth, (),
                      (steal, others, mhz_begin, mhz_end, throttled, steal_of, others_of,
                       quota_stops, listen_overflows, conntrack, server_stopped_s))

}  // namespace benchhost::model

// What readings of clocks prove of a server, on a machine that may be busy with something else.
// Pure: a single reading accuses nobody, and what readings cannot tell is said to be so.
#pragma once

#include "core/base/units.hpp"
#include "core/conformance/findings.hpp"
#include "core/machine/rest.hpp"
#include "core/machine/thread_times.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::conformance {

/// Why a wait between two looks may have been in vain: the threads seen in both waited for a
/// processor most of that time, and did not get much of one. Nothing when they had what they asked
/// for.
std::optional<std::string> lack_of_processor(const machine::ThreadTimes& begin,
                                             const machine::ThreadTimes& end, Nanoseconds between);

/// Windows, and all of them as one, whose edges blur less. The calmest window counts: it may have
/// had to clear up first.
Finding judge_rest(const std::vector<machine::RestReading>& windows,
                   const machine::RestReading& whole);

/// Where the centre of repeated differences lies, at a confidence of 99.9 %.
struct Centre {
    enum class Side { below, above, unclear };
    Side side = Side::unclear;  ///< of the border
    double value = 0;
    double low = 0;
    double high = 0;
};
/// Nothing can be told of fewer than 11 differences.
Centre centre_against(const std::vector<double>& differences, double border);

/// Of two kinds of answers, asked for in turn: those that may wait for the client's delayed
/// acknowledgement, and those that cannot. Counted, because what a busy machine adds to a time can
/// be more than the delay itself, and never makes an answer come early.
struct EarlyAnswers {
    std::size_t asked = 0;  ///< of each kind
    std::size_t plain = 0;  ///< came before a delayed acknowledgement could have
    std::size_t quick = 0;  ///< the same of those that were acknowledged at once
};
/// Nothing when too few came early to tell, at a confidence of 99.9 %.
std::optional<bool> waits_for_acknowledgement(const EarlyAnswers& early);

/// What came of asking a server to stop.
struct StopReading {
    enum class End {
        ended,
        faulty,   ///< it crashed, or said that it failed
        hung,     ///< it had to be killed, and had had processor time enough
        starved,  ///< it had to be killed, and had waited for a processor
    };
    End end = End::ended;
    std::string how;
};
/// A server that hung is asked again, afresh, so often at most.
inline constexpr std::size_t kMostStops = 5;
/// Nothing: ask once more. A stop that came in time or that failed is a fact, a hang may be an
/// accident: it fails a server that hangs in most of five.
std::optional<Finding> judge_stops(const std::vector<StopReading>& readings);

}  // namespace benchhost::conformance

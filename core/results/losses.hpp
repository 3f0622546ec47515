// What of a trial's load was lost, and what its percentiles say beside that.
#pragma once

#include "core/base/units.hpp"
#include "core/results/results.hpp"

#include <optional>

namespace benchhost::results {

/// Of a trial that lost more than this share of its requests or connections, no number tells how
/// fast its server is: it takes no rank, and the run exits with 1.
inline constexpr double kMostLost = 0.01;

/// Share of the requests that failed, were never sent or never answered: of those planned in the
/// window or of those that ended in it, whichever is more. Absent when nothing was asked.
std::optional<double> lost_requests(const Trial& trial);
/// Share of the connections (users) in use that never got an answer. Absent: not known.
std::optional<double> lost_connections(const Trial& trial);
bool lost_too_much(const Trial& trial);

/// "13,419 of 26,624 requests", "56 of 64 connections": what was lost, of the greater share; empty
/// when nothing was.
std::string losses_in_words(const Trial& trial);

struct Percentile {
    double ms = 0;
    bool at_least = false;  ///< it lies among the requests that got no answer: above this
};
/// A percentile of the response time, `which` it is and of which share of the requests. One beyond
/// the share that was answered is at least `timeout`, or the longest answer where that is not
/// known. Absent when fewer than 1 / (1 - share) requests were planned.
std::optional<Percentile> percentile(const Trial& trial, double LatencySummary::*which,
                                     std::optional<Nanoseconds> timeout);
/// Of one step: p50 or p99.
std::optional<Percentile> percentile(const LoadStep& step, std::optional<double> LoadStep::*which,
                                     std::optional<Nanoseconds> timeout);

}  // namespace benchhost::results

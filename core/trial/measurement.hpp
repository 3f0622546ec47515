// From what the load engine saw to what results.json says.
#pragma once

#include "core/config/config.hpp"
#include "core/load/load.hpp"
#include "core/model/payload.hpp"
#include "core/results/results.hpp"

#include <optional>
#include <vector>

namespace benchhost::trial {

/// Fills requests, rates, latencies, series, connections, bytes and client usage of `trial`.
void fill_measurement(results::Trial& trial, const load::LoadReport& report);

/// The books of a load as results.json has them, by plan.
results::Requests requests_of(const load::LoadReport& report);

/// By the time at which they ended.
results::EndedRequests ended_of(const load::LoadReport& report);

/// To the server's machine and back.
std::optional<double> round_trip_ms_of(const load::LoadReport& report);

/// What the generator spent.
results::ClientUsage client_usage_of(const load::LoadReport& report);

/// The seconds of the window, without what the server spent.
std::vector<results::SeriesPoint> series_of(const load::LoadReport& report);

/// A profile as results.json says it.
results::ProfileInfo describe_profile(const config::LoadProfile& profile,
                                      const model::Payload& payload);

}  // namespace benchhost::trial

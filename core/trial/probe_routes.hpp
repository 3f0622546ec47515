// Ready is believed only after every route answered rightly.
#pragma once

#include "core/base/units.hpp"
#include "core/config/config.hpp"
#include "core/http/probe.hpp"
#include "core/model/payload.hpp"
#include "core/results/results.hpp"
#include "core/trial/running_server.hpp"

#include <atomic>
#include <optional>
#include <string>

namespace benchhost::trial {

/// Where a route is below the path of a server's URL: "/text", "/app/text".
std::string route_path(const std::string& base, model::Route route);

/// The value of the header field with this name in small letters, "" when there is none.
std::string header(const http::ProbeReport& answer, const std::string& name);

/// Why `answer` is not what `expected` says, in words, or nothing when it is: status, length,
/// content type, body; JSON that is equal by value but not by bytes is told apart.
std::optional<std::string> wrong_answer(const http::ProbeReport& answer,
                                        const model::RouteContent& expected);

/// Fetches the route again and again until it is answered or `deadline` has passed, then checks it.
/// A wrong answer ends it at once; a transport failure is tried again while the server lives, at
/// the next of its addresses where it has several.
/// The error is the reason in words.
Result<http::ProbeReport> probe_until_right(RunningServer& server,
                                            const model::RouteContent& expected,
                                            std::chrono::steady_clock::time_point deadline,
                                            const std::atomic<bool>& stop);

/// Probes the measured route twice (a fresh connection, then one that asks to be kept alive), and,
/// when `all_routes`, every other route once. Returns how the measured route looked.
Result<results::ProbedAnswer> probe_routes(RunningServer& server, const model::Payload& payload,
                                           model::Route measured, bool all_routes,
                                           Nanoseconds patience, const std::atomic<bool>& stop);

}  // namespace benchhost::trial

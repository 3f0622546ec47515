// A server that is getting ready is asked again and again, until it answers rightly.
#pragma once

#include "core/base/result.hpp"
#include "core/http/probe.hpp"
#include "core/trial/running_server.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace benchhost::trial {

/// What one attempt to ask may take.
inline constexpr auto kProbeTimeout = std::chrono::seconds(2);

struct Question {
    std::string what;  ///< for messages: "/text"
    /// Asks the server at this target once.
    std::function<http::ProbeResult<http::ProbeReport>(const http::Target&)> ask;
    /// Why an answer is wrong, in words, or nothing.
    std::function<std::optional<std::string>(const http::ProbeReport&)> wrong;
};

/// Asks until there is an answer or `deadline` has passed. A wrong answer ends it at once; a
/// transport failure is tried again while the server lives, at the next of its addresses where it
/// has several. The error is the reason in words.
Result<http::ProbeReport> ask_until_right(RunningServer& server, const Question& question,
                                          std::chrono::steady_clock::time_point deadline,
                                          const std::atomic<bool>& stop);

}  // namespace benchhost::trial

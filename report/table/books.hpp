// The books of a trial as a table shows them: what ended in the window.
#pragma once

#include "core/results/results.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::report {

/// Requests that ended in the window, wherever they had begun.
struct Ended {
    std::uint64_t total = 0;  ///< right or failed
    std::uint64_t failed = 0;
    std::map<std::string, std::uint64_t> by_class;  ///< the failed ones
};

/// Of an older file, which does not know the end of requests: those planned in the window. Absent
/// when nothing was counted.
std::optional<Ended> ended_in_window(const results::Trial& trial);
/// Of all of them together.
std::optional<Ended> ended_in_windows(const std::vector<const results::Trial*>& trials);

/// Of the requests that were due in the windows of the usable ones, the share that was answered
/// rightly; 1 where that is not known.
double answered_share(const std::vector<const results::Trial*>& trials);

/// "bad-body 801 (0.1 %), first: expected ...; timeout 2 (0.0 %)"; empty without failures.
std::string failures_in_words(const results::Trial& trial);

}  // namespace benchhost::report

// What makes a run fail: the same in its exit code, on the terminal and in JUnit.
#pragma once

#include "report/table/table.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

/// The gravest first.
enum class FaultKind {
    failed,   ///< a round failed
    invalid,  ///< a round was measured, and no number of it can be trusted
    lost,     ///< a round lost more than results::kMostLost
};

struct Fault {
    FaultKind kind = FaultKind::failed;
    std::string profile, server;
    std::string text;  ///< in which rounds what happened, in one line
};

/// Absent when every round of the row that was run counts.
std::optional<Fault> fault_of(const Row& row, const std::string& profile);
/// Of all rows, in the order of the tables.
std::vector<Fault> faults_of(const results::ResultSet& results);

}  // namespace benchhost::report

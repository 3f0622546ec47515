// The folded parts of report.md: for the reader who doubts a number.
#pragma once

#include "report/table/table.hpp"

#include <string>

namespace benchhost::report {

/// Every round, what was checked in it, and a bar chart; "" when nothing was measured.
std::string profile_details(const ProfileTable& table);

/// Environment, limits in force and how to run the suite again.
std::string suite_details(const results::ResultSet& results);

}  // namespace benchhost::report

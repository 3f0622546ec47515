// What other tools read. Each function is pure and stands in a file of its own; formats.cpp names
// them. Failed, skipped and invalid cells are left out of every format that cannot say so: a
// missing number is noticed, a zero would be taken for a result.
#pragma once

#include "core/results/results.hpp"
#include "report/formats/formats.hpp"

#include <string>

namespace benchhost::report::exports {

std::string csv(const results::ResultSet& results);
std::string rounds_csv(const results::ResultSet& results);
std::string json(const results::ResultSet& results);
std::string gbench(const results::ResultSet& results);
std::string gbench_rounds(const results::ResultSet& results);
Documents locust_csv(const results::ResultSet& results);
Documents github_custom(const results::ResultSet& results);
std::string bmf(const results::ResultSet& results);
std::string benchstat(const results::ResultSet& results);
std::string junit(const results::ResultSet& results);
Documents hgrm(const results::ResultSet& results);

}  // namespace benchhost::report::exports

// What a report was when somebody last looked at it and found it right.
#pragma once

#include "core/results/results.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::report {

std::filesystem::path golden_folder();  ///< tests/golden; its README says what stands where
/// <case>.json of it.
results::ResultSet golden_results(const std::string& name);
/// All of its cases, or those of a folder of it: "results-1/tie".
std::vector<std::string> golden_cases(const std::string& folder = "");

/// Fails when `content` differs from the file, byte for byte, and shows the first line that does.
/// With BENCHHOST_ACCEPT_GOLDEN=1 in the environment (`./dev golden`) the file is written instead.
void expect_golden(const std::filesystem::path& file, const std::string& content);

}  // namespace benchhost::report

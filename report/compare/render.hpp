// A comparison for people, for tools and for CI.
#pragma once

#include "core/base/result.hpp"
#include "report/compare/comparison.hpp"

#include <string>
#include <vector>

namespace benchhost::compare {

/// The verdict first; informational cells and cells without a change folded away.
std::string comparison_markdown(const Comparison& comparison);
std::string comparison_json(const Comparison& comparison);
/// A test case a gated cell: regressions are failures, inconclusive ones are skipped.
std::string comparison_junit(const Comparison& comparison);
/// GitHub's workflow commands: an error a regression, a warning for what could not be told.
std::string github_annotations(const Comparison& comparison);

/// "md", "json" or "junit". Another name is an error of code usage.
Result<std::string> render_comparison(const std::string& format, const Comparison& comparison);

/// The noise floor: the largest A/A change of any gated cell, as a share; absent without that arm.
std::optional<double> noise_floor(const Comparison& comparison);

/// "1 regression, 0 improvements, 3 no change, 2 inconclusive" over the gated cells.
std::string tally(const Comparison& comparison);

/// What users of the head lose and those of the base do not, a sentence each.
std::vector<std::string> lost_in_words(const Comparison& comparison);

/// "+13.2 % (+11.9 % … +14.6 %)", "+2.1 % points" of a share, or a
/// dash.
std::string change_in_words(const ComparedCell& cell);

}  // namespace benchhost::compare

// Which trials a comparison could not use, and why. For this folder only.
#pragma once

#include "report/compare/group.hpp"

#include <string>
#include <vector>

namespace benchhost::compare {

/// One sentence for trials that tell nothing, one for those whose rates and times do not count.
std::vector<std::string> left_out(const std::vector<Group>& groups);

}  // namespace benchhost::compare

// What the page's script needs to draw, as JSON: ready-made curves instead of histograms.
#pragma once

#include "report/table/table.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

std::string html_view(const std::vector<ProfileTable>& tables);

}  // namespace benchhost::report

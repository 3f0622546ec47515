// What a report says of a load that came from several hosts.
#pragma once

#include "core/results/results.hpp"
#include "report/formats/markdown.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

/// "Hosts: rank 0 on server: ...; rank 1 on load1: ..."; "" when one process did everything.
std::string hosts_sentence(const results::ResultSet& results);

/// What each rank did of each trial; empty when one process generated every load.
MarkdownTable parts_table(const std::vector<const results::Trial*>& trials,
                          const std::optional<Nanoseconds>& timeout);

}  // namespace benchhost::report

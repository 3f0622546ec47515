// Tables in documents that are kept up to date by the results they came from.
#pragma once

#include "core/base/result.hpp"
#include "core/results/results.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

/// Replaces what stands between
///   <!-- BEGIN benchhost:table profile=text -->  and  <!-- END benchhost:table -->
/// by the main table of that profile; without `profile=` by the tables of all profiles. The rest
/// of the document stays byte for byte. Errors (code data) name the line: a marker without its
/// partner, a profile that the results do not have, a document without any marker.
Result<std::string> update_tables(const std::string& document, const results::ResultSet& results);

/// The lines of the BEGIN markers whose table is not what `results` give; empty: up to date.
Result<std::vector<std::size_t>> stale_tables(const std::string& document,
                                              const results::ResultSet& results);

}  // namespace benchhost::report

// Ids as users write them: patterns, and words that were misspelt.
#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace benchhost {

/// Bytes of the id of a server and of the name of a suite or a profile.
inline constexpr std::size_t kLongestName = 64;

/// Picks from `ids` what `patterns` name, in the order of `ids`: ids and globs (fnmatch), "!glob"
/// leaves out; only "!" patterns mean "all but". A pattern without "!" that matches nothing is an
/// error naming the nearest id.
Result<std::vector<std::string>> select_names(const std::vector<std::string>& ids,
                                              const std::vector<std::string>& patterns);

/// The entry of `known` nearest to `word` by edit distance, or "" when none is near.
std::string nearest_name(const std::string& word, const std::vector<std::string>& known);

}  // namespace benchhost

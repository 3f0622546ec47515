// Figures of a trial that cannot all be true: a file of results may have been edited, or written by
// a benchhost that counted less.
#pragma once

#include "core/results/results.hpp"

#include <optional>
#include <string>

namespace benchhost::results {

/// In words: "64 connections and 8,030 requests/s make a mean of 7.97 ms, but ...". Absent when the
/// figures can all be true. Looks at no books: a trial whose books do not balance is invalid.
std::optional<std::string> contradiction(const Trial& trial, const ProfileInfo& profile);

}  // namespace benchhost::results

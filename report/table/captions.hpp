// What has to be said under a table so that nobody reads more into it than it says. Plain text.
#pragma once

#include "report/table/table.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

/// One sentence for people in a hurry, without the full stop: who is ahead, by how much and how
/// sure, or that it cannot be said and what it takes. "beast leads by 12 % (9.1 to 15 %) with
/// 120,644 requests/s; 1 failed".
std::string headline(const ProfileTable& table);

/// "text: /text, closed loop, not corrected; 64 connections, 10s after 2s warm-up"
std::string heading(const ProfileTable& table);

/// How the ranks came about, what the numbers are over the rounds, what the verdicts mean.
std::vector<std::string> captions(const ProfileTable& table);

/// Why rows failed, were skipped or are marked; the same note for several servers is one line:
/// "crow, php: skipped: ..."
std::vector<std::string> notes(const ProfileTable& table);

}  // namespace benchhost::report

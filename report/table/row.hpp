// One server's rounds condensed to one row.
#pragma once

#include "report/table/table.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace benchhost::report {

/// From the one to be told first when two stand for equally many rounds.
inline constexpr std::array kGravestFirst{
    model::Verdict::invalid,       model::Verdict::client_bound, model::Verdict::link_bound,
    model::Verdict::machine_bound, model::Verdict::not_known,    model::Verdict::load_limited,
    model::Verdict::server_bound};

std::vector<const results::Trial*> with_outcome(const std::vector<const results::Trial*>& trials,
                                                model::Outcome outcome);

/// Its numbers count: it was measured and its books balance.
bool is_usable(const results::Trial& trial);

/// What the usable ones of `trials` have of a value; what is not finite counts as unknown.
std::optional<OverRounds> over_usable(
    const std::vector<const results::Trial*>& trials,
    const std::function<std::optional<double>(const results::Trial&)>& value_of);

/// The load of one step of a sweep: "20 %" of the capacity, or "1,000/s".
std::string step_label(const results::LoadStep& step);
/// The histograms of all usable trials of a row together, such as &Trial::histogram.
stats::StoredHistogram merged(const Row& row,
                              std::optional<stats::StoredHistogram> results::Trial::*histogram);

/// Of the usable ones, with what they lost (results::percentile).
std::optional<OverRounds> percentile_over_rounds(const std::vector<const results::Trial*>& trials,
                                                 double results::LatencySummary::*which,
                                                 const std::optional<Nanoseconds>& timeout);

/// `trials` by round, at least one; `planned_rounds` as the config asked for. The rank is "–".
Row make_row(const results::ServerInfo& server, std::vector<const results::Trial*> trials,
             const results::ProfileInfo& profile, std::uint32_t planned_rounds);

}  // namespace benchhost::report

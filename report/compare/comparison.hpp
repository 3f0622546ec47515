// Whether one build is slower than another: the verdict, and what it stands on.
#pragma once

#include "core/results/arm_trial.hpp"
#include "core/stats/significance.hpp"
#include "report/compare/gate.hpp"
#include "report/table/table.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::compare {

enum class Change {
    regression,     ///< significant after Holm, and the whole interval is worse than the tolerance
    improvement,    ///< the same on the better side
    no_change,      ///< the whole interval lies within the tolerance
    no_regression,  ///< the whole interval is better than the worse border of the tolerance, and
                    ///< part of it better than the other: no improvement is proven
    inconclusive,   ///< neither: too few rounds, or too noisy, for this tolerance
};
const char* to_string(Change change);  ///< "no change" ...

/// One metric of one server under one profile, base against head.
struct ComparedCell {
    std::string profile;
    std::string server;
    model::GateMetric metric = model::GateMetric::rps;
    std::optional<double> tolerance;  ///< absent: for information only
    std::optional<report::OverRounds> base;
    std::optional<report::OverRounds> head;

    /// head/base - 1, and where it lies with `confidence`; absent when it could not be told.
    std::optional<double> change;
    std::optional<double> change_low, change_high;
    double confidence = 0;

    /// Of what is counted and not tested, the share that was lost: the mean over the rounds, of the
    /// base the worse of its two arms. Then neither of the above is there.
    std::optional<double> base_share, head_share;

    std::optional<double> p;           ///< not adjusted
    std::optional<double> adjusted_p;  ///< by Holm over all gated cells; absent when not gated
    Change verdict = Change::inconclusive;
    std::string why;  ///< in words where the numbers alone do not say it

    /// The smallest change that this many rounds of this noise find in 8 of 10 runs.
    std::optional<double> detectable;
    /// How many rounds (pairs) would find a change of the size of the tolerance.
    std::optional<std::size_t> rounds_needed;
    /// Base against base in the same run, head/base - 1: what no change looks like here.
    std::optional<double> noise, noise_low, noise_high;
    /// That change exceeds the tolerance, and the cell is inconclusive whatever else it shows; or
    /// its interval does, and the cell shows nothing by itself either.
    bool too_noisy = false;

    bool is_gated() const { return tolerance.has_value(); }
};

struct Comparison {
    std::string base_name;
    std::string head_name;
    bool paired = false;
    double alpha = 0.05;
    std::string design_warning;         ///< that so few rounds can never show a regression, or ""
    std::vector<ComparedCell> cells;    ///< gated ones first
    std::vector<std::string> warnings;  ///< what weakens the whole comparison
};

enum class Decision {
    passed,        ///< every gated cell is unchanged or better
    regression,    ///< at least one gated cell is worse
    inconclusive,  ///< no regression was found, but not every gated cell could be told
    too_noisy,     ///< the same, because base against itself differs by more than the tolerance
};
const char* to_string(Decision decision);

Decision decide(const Comparison& comparison);

/// Two stored results, rounds unpaired: weaker, and labelled so. Errors (code usage) when they come
/// from different environments or measured different loads and `force` is not set, or have no cell
/// in common.
Result<Comparison> compare_results(const results::ResultSet& base, const results::ResultSet& head,
                                   const Gate& gate, bool force = false);

using results::Arm;
using results::ArmTrial;

/// Two builds in one run: each block gives one log-ratio a metric (the mean of the arm's logs in
/// it). `server` of a cell is that of the head. `only_in_base` are servers of the base that the
/// head does not have, and that were therefore not measured.
Comparison compare_blocks(const std::string& base_name, const std::string& head_name,
                          const std::vector<ArmTrial>& trials, const Gate& gate,
                          const std::vector<std::string>& only_in_base = {});

/// How many rounds a side has, or how many blocks have both.
struct Design {
    bool paired = true;
    std::size_t rounds = 0;
};
/// What a design can never find, said before it runs: "" when it can reject at `alpha` after Holm
/// over `cells` tested cells.
std::string design_warning(const Design& design, std::size_t cells, double alpha);

/// The profiles with a gated cell that is significantly worse, to be run again with fresh processes
/// and twice the blocks.
std::vector<std::string> profiles_to_confirm(const Comparison& comparison);

/// What was significantly worse is a regression where `second` (those profiles run again) says so,
/// and only there.
Comparison confirmed(Comparison first, const Comparison& second);

/// Facts that differ between two environments and are not mere conditions of the moment.
struct EnvironmentDifferences {
    std::vector<std::string> grave;     ///< figures of both cannot be compared
    std::vector<std::string> harmless;  ///< limits that nobody met, another build of one version
};
EnvironmentDifferences environment_differences(const results::ResultSet& base,
                                               const results::ResultSet& head);

}  // namespace benchhost::compare

#include "core/results/contradiction.hpp"
#include "report/compare/comparison.hpp"
#include "report/compare/group.hpp"
#include "report/compare/judge.hpp"
#include "report/compare/load_identity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace benchhost::compare {
namespace {

using results::ResultSet;
using results::Trial;

std::vector<double> values_of(const Group& group, Arm arm, model::GateMetric metric) {
    std::vector<double> values;
    for (const Group::Member& member : group.members) {
        const auto value = member.arm == arm
                               ? comparable_value(*member.trial, metric, member.timeout)
                               : std::nullopt;
        if (value) {
            values.push_back(*value);
        }
    }
    return values;
}

std::vector<double> logs_of(std::vector<double> values) {
    std::transform(values.begin(), values.end(), values.begin(),
                   [](double value) { return std::log(value); });
    return values;
}

LogDifference difference_of_rounds(const Group& group, const Gate& gate, ComparedCell& cell) {
    const auto base = values_of(group, Arm::base, cell.metric);
    const auto head = values_of(group, Arm::head, cell.metric);
    cell.base = report::over_rounds(base);
    cell.head = report::over_rounds(head);
    const auto difference = difference_of_samples(logs_of(base), logs_of(head), gate.alpha);
    if (!difference.centre) {
        cell.why = fmt::format("nothing to compare in {}", base.empty() ? "base" : "head");
    }
    return difference;
}

void add_trials(const ResultSet& results, Arm arm, Groups& groups) {
    const auto profiles = results::by_name(results.profiles, &results::ProfileInfo::name);
    for (const Trial& trial : results.trials) {
        const auto profile = profiles.find(trial.profile);
        const auto timeout = profile == profiles.end() ? std::nullopt : profile->second->timeout;
        groups.add(trial.server, {arm, trial.round, &trial, timeout});
    }
}

/// The first of each side: a file that says what cannot be is not to be trusted in the rest.
std::optional<std::string> contradiction_of(const ResultSet& results, Arm arm) {
    const auto profiles = results::by_name(results.profiles, &results::ProfileInfo::name);
    for (const Trial& trial : results.trials) {
        const auto profile = profiles.find(trial.profile);
        const auto why = profile == profiles.end()
                             ? std::nullopt
                             : results::contradiction(trial, *profile->second);
        if (why) {
            return fmt::format(
                "{}: the figures of {} under {} in round {} contradict each other: {}",
                name_of(arm), trial.server, trial.profile, trial.round, *why);
        }
    }
    return std::nullopt;
}

std::string listed(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "; "));
}

/// What was measured in words: --quick shortens every window.
std::string quick_difference(const ResultSet& base, const ResultSet& head) {
    if (base.quick.value_or(false) == head.quick.value_or(false)) {
        return "";
    }
    return fmt::format("{} was measured with --quick and {} was not",
                       base.quick.value_or(false) ? "base" : "head",
                       base.quick.value_or(false) ? "head" : "base");
}

/// Why what was asked of `server` under `profile` is not the same on both sides, or "". Where a
/// side has but a description of it, `told_by_words` is set.
std::string other_load(const LoadIdentities& base, const LoadIdentities& head,
                       const std::pair<std::string, std::string>& cell, bool& told_by_words) {
    const auto& [profile, server] = cell;
    const auto before = base.of(profile, server);
    const auto after = head.of(profile, server);
    if (!before.empty() && !after.empty()) {
        const auto others = differences(before, after);
        if (others.empty()) {
            return "";
        }
        return fmt::format("{} under {} was measured otherwise ({})", server, profile,
                           listed(others));
    }
    told_by_words = true;
    const auto base_load = base.in_words(profile);
    const auto head_load = head.in_words(profile);
    return base_load == head_load ? ""
                                  : fmt::format("{} is another load in head ({}) than in base ({})",
                                                profile, head_load, base_load);
}

/// What of the two sides is not the same: `grave` is refused, `warnings` are only said.
struct Differences {
    std::vector<std::string> grave;
    std::vector<std::string> warnings;

    void add_once(std::string difference) {
        if (!difference.empty() &&
            std::find(grave.begin(), grave.end(), difference) == grave.end()) {
            grave.push_back(std::move(difference));
        }
    }
};

bool has(const Group& group, Arm arm) { return !group.of(arm).empty(); }

Differences differences_of(const ResultSet& base, const ResultSet& head,
                           const std::vector<Group>& groups) {
    Differences found;
    auto environment = environment_differences(base, head);
    found.grave = std::move(environment.grave);
    if (!environment.harmless.empty()) {
        found.warnings.push_back("Differs between the environments, and should not matter: " +
                                 listed(environment.harmless));
    }
    found.add_once(quick_difference(base, head));
    const LoadIdentities base_loads(base);
    const LoadIdentities head_loads(head);
    bool told_by_words = false;
    for (const Group& group : groups) {
        if (has(group, Arm::base) && has(group, Arm::head)) {
            found.add_once(
                other_load(base_loads, head_loads, {group.profile, group.pair}, told_by_words));
        }
    }
    if (told_by_words) {
        found.warnings.emplace_back(
            "The loads are taken for the same by their descriptions: an older benchhost did not "
            "keep the timeout, the payload and the options of servers");
    }
    return found;
}

// Those of which the base knows nothing are said and left out.
std::vector<Group> groups_of_base(std::vector<Group> groups, std::vector<std::string>& warnings) {
    std::vector<Group> kept;
    for (Group& group : groups) {
        if (has(group, Arm::base)) {
            kept.push_back(std::move(group));
        } else {
            warnings.push_back(
                fmt::format("{} under {} is only in head", group.server, group.profile));
        }
    }
    return kept;
}

// What an interrupted head lacks may only not have been reached.
void excuse_unreached(Comparison& comparison, const std::vector<Group>& groups) {
    for (const Group& group : groups) {
        for (ComparedCell& cell : comparison.cells) {
            if (cell.metric == model::GateMetric::failed && cell.profile == group.profile &&
                cell.server == group.server && !has(group, Arm::head)) {
                cell.verdict = Change::inconclusive;
                cell.why = "the head's run was interrupted before it was reached";
            }
        }
    }
}

std::string warning_of_design(const std::vector<Group>& groups, const Gate& gate) {
    std::size_t most = 0;
    std::size_t tested = 0;
    for (const Group& group : groups) {
        const auto rounds = std::min(group.of(Arm::base).size(), group.of(Arm::head).size());
        most = std::max(most, rounds);
        tested += rounds > 0 ? gate.tested() : 0;
    }
    return design_warning({false, most}, tested, gate.alpha);
}

}  // namespace

Result<Comparison> compare_results(const ResultSet& base, const ResultSet& head, const Gate& gate,
                                   bool force) {
    Groups sorted;
    add_trials(base, Arm::base, sorted);
    add_trials(head, Arm::head, sorted);
    auto all = sorted.take();
    auto differing = differences_of(base, head, all);
    for (auto found : {contradiction_of(base, Arm::base), contradiction_of(head, Arm::head)}) {
        if (found) {
            differing.grave.push_back(std::move(*found));
        }
    }
    if (!differing.grave.empty() && !force) {
        return Error{ErrorCode::usage,
                     fmt::format("base and head were not measured alike ({}); their numbers cannot "
                                 "be compared. Measure both in the same way on one machine, or use "
                                 "--force to compare all the same",
                                 listed(differing.grave))};
    }
    Comparison outline;
    outline.base_name = fmt::format("{} of {}", base.suite, base.created_at);
    outline.head_name = fmt::format("{} of {}", head.suite, head.created_at);
    outline.warnings.emplace_back(
        "Unpaired, weaker: base and head were measured at different times, so whatever changed on "
        "the machine in between looks like a change of the server.");
    if (!differing.grave.empty()) {
        outline.warnings.push_back("Not measured alike, compared by --force: " +
                                   listed(differing.grave));
    }
    const auto groups = groups_of_base(std::move(all), differing.warnings);
    outline.warnings.insert(outline.warnings.end(), differing.warnings.begin(),
                            differing.warnings.end());
    if (std::none_of(groups.begin(), groups.end(),
                     [](const Group& group) { return has(group, Arm::head); })) {
        return Error{ErrorCode::usage, fmt::format("base and head have no server and profile in "
                                                   "common: {}",
                                                   listed(outline.warnings))};
    }
    outline.design_warning = warning_of_design(groups, gate);
    auto comparison = compare_groups(std::move(outline), groups, gate,
                                     [&](const Group& group, ComparedCell& cell) {
                                         return difference_of_rounds(group, gate, cell);
                                     });
    if (head.interrupted) {
        excuse_unreached(comparison, groups);
    }
    return comparison;
}

}  // namespace benchhost::compare

#include "report/compare/comparison.hpp"
#include "report/compare/judge.hpp"
#include "report/compare/left_out.hpp"
#include "report/compare/load_identity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace benchhost::compare {
namespace {

using results::ResultSet;
using results::Trial;

using CellKey = std::pair<std::string, std::string>;  // profile, server
using TrialsByCell = std::map<CellKey, std::vector<const Trial*>>;

TrialsByCell trials_by_cell(const ResultSet& results) {
    TrialsByCell cells;
    for (const Trial& trial : results.trials) {
        if (trial.superseded) {
            continue;
        }
        cells[{trial.profile, trial.server}].push_back(&trial);
    }
    return cells;
}

std::vector<double> values_of(const std::vector<const Trial*>& trials, model::GateMetric metric) {
    std::vector<double> values;
    for (const Trial* trial : trials) {
        if (const auto value = comparable_value(*trial, metric)) {
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

bool failed_in_any_round(const std::vector<const Trial*>& trials) {
    return std::any_of(trials.begin(), trials.end(),
                       [](const Trial* trial) { return trial->outcome == model::Outcome::failed; });
}

std::string first_reason(const std::vector<const Trial*>& trials) {
    for (const Trial* trial : trials) {
        if (trial->outcome == model::Outcome::failed) {
            return trial->reason.value_or("no reason was recorded");
        }
    }
    return "";
}

struct UnpairedBuilder {
    Comparison comparison;
    std::vector<LogDifference> differences;

    void add(const CellKey& key, model::GateMetric metric, const Gate& gate,
             const std::vector<const Trial*>& base, const std::vector<const Trial*>& head) {
        ComparedCell cell;
        cell.profile = key.first;
        cell.server = key.second;
        cell.metric = metric;
        cell.tolerance = gate.tolerance_of(metric);
        const auto base_values = values_of(base, metric);
        const auto head_values = values_of(head, metric);
        if (base_values.empty() && head_values.empty() && !cell.is_gated()) {
            return;
        }
        cell.base = report::over_rounds(base_values);
        cell.head = report::over_rounds(head_values);
        const auto difference =
            difference_of_samples(logs_of(base_values), logs_of(head_values), gate.alpha);
        describe(cell, difference);
        if (!cell.p) {
            cell.why =
                fmt::format("nothing to compare in {}", base_values.empty() ? "base" : "head");
        }
        // A server that no longer works is slower than any tolerance.
        if (cell.is_gated() && !failed_in_any_round(base) && failed_in_any_round(head)) {
            cell.p.reset();
            cell.verdict = Change::regression;
            cell.why = "it fails in head and did not in base: " + first_reason(head);
        }
        comparison.cells.push_back(cell);
        differences.push_back(difference);
    }
};

std::string listed(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "; "));
}

Result<std::vector<std::string>> environment_warnings(const ResultSet& base, const ResultSet& head,
                                                      bool force) {
    const auto differences = environment_differences(base, head);
    std::vector<std::string> warnings{
        "Unpaired, weaker: base and head were measured at different times, so whatever changed on "
        "the machine in between looks like a change of the server."};
    if (!differences.harmless.empty()) {
        warnings.push_back("Differs between the environments, and should not matter: " +
                           listed(differences.harmless));
    }
    if (differences.grave.empty()) {
        return warnings;
    }
    if (!force) {
        return Error{ErrorCode::usage,
                     fmt::format("base and head come from different environments ({}); their "
                                 "numbers cannot be compared. Measure both on one machine, or "
                                 "use --force to compare all the same",
                                 listed(differences.grave))};
    }
    warnings.push_back("Different environments, compared by --force: " + listed(differences.grave));
    return warnings;
}

/// Why what was asked of `server` under `profile` is not the same on both sides, or "". Where a
/// side has but a description of it, `told_by_words` is set.
std::string other_load(const LoadIdentities& base, const LoadIdentities& head, const CellKey& key,
                       bool& told_by_words) {
    const auto& [profile, server] = key;
    const auto before = base.of(profile, server);
    const auto after = head.of(profile, server);
    if (!before.empty() && !after.empty()) {
        const auto others = differences(before, after);
        if (others.empty()) {
            return "";
        }
        return fmt::format("{} under {} was measured otherwise ({}), so it is not compared", server,
                           profile, listed(others));
    }
    told_by_words = true;
    const auto base_load = base.in_words(profile);
    const auto head_load = head.in_words(profile);
    return base_load == head_load ? ""
                                  : fmt::format(
                                        "{} is another load in head ({}) than in base "
                                        "({}), so {} is not compared",
                                        profile, head_load, base_load, server);
}

// What both sides measured under the same load; what they did not goes to `warnings`.
std::vector<CellKey> common_cells(const ResultSet& base, const ResultSet& head,
                                  const TrialsByCell& base_cells, const TrialsByCell& head_cells,
                                  std::vector<std::string>& warnings) {
    const LoadIdentities base_loads(base);
    const LoadIdentities head_loads(head);
    std::vector<CellKey> common;
    bool told_by_words = false;
    for (const auto& [key, trials] : base_cells) {
        const auto& [profile, server] = key;
        if (head_cells.count(key) == 0) {
            warnings.push_back(fmt::format("{} under {} is only in base", server, profile));
        } else if (auto why = other_load(base_loads, head_loads, key, told_by_words);
                   !why.empty()) {
            warnings.push_back(std::move(why));
        } else {
            common.push_back(key);
        }
    }
    for (const auto& [key, trials] : head_cells) {
        if (base_cells.count(key) == 0) {
            warnings.push_back(fmt::format("{} under {} is only in head", key.second, key.first));
        }
    }
    if (told_by_words) {
        warnings.emplace_back(
            "The loads are taken for the same by their descriptions: an older benchhost did not "
            "keep the timeout, the payload and the options of servers");
    }
    return common;
}

void count_left_out(const std::vector<CellKey>& common, const TrialsByCell& base,
                    const TrialsByCell& head, std::vector<std::string>& warnings) {
    LeftOut left_out;
    for (const CellKey& key : common) {
        for (const Trial* trial : base.at(key)) {
            left_out.count("base", *trial);
        }
        for (const Trial* trial : head.at(key)) {
            left_out.count("head", *trial);
        }
    }
    const auto lines = left_out.warnings();
    warnings.insert(warnings.end(), lines.begin(), lines.end());
}

}  // namespace

Result<Comparison> compare_results(const ResultSet& base, const ResultSet& head, const Gate& gate,
                                   bool force) {
    auto warnings = environment_warnings(base, head, force);
    if (!warnings) {
        return warnings.error();
    }
    const auto base_cells = trials_by_cell(base);
    const auto head_cells = trials_by_cell(head);
    const auto common = common_cells(base, head, base_cells, head_cells, *warnings);
    if (common.empty()) {
        return Error{ErrorCode::usage, fmt::format("base and head have no server under the same "
                                                   "load in common: {}",
                                                   listed(*warnings))};
    }
    count_left_out(common, base_cells, head_cells, *warnings);
    UnpairedBuilder builder;
    builder.comparison.base_name = fmt::format("{} of {}", base.suite, base.created_at);
    builder.comparison.head_name = fmt::format("{} of {}", head.suite, head.created_at);
    builder.comparison.alpha = gate.alpha;
    builder.comparison.warnings = *warnings;
    for (const bool gated : {true, false}) {
        for (const CellKey& key : common) {
            for (const auto& [metric, name] : model::kGateMetrics) {
                if (gate.tolerance_of(metric).has_value() == gated) {
                    builder.add(key, metric, gate, base_cells.at(key), head_cells.at(key));
                }
            }
        }
    }
    judge(builder.comparison, builder.differences);
    return builder.comparison;
}

}  // namespace benchhost::compare

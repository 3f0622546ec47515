#include "report/compare/comparison.hpp"
#include "report/compare/judge.hpp"
#include "report/compare/left_out.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace benchhost::compare {
namespace {

using model::Outcome;
using results::Trial;

const char* name_of(Arm arm) {
    switch (arm) {
        case Arm::base:
            return "base";
        case Arm::head:
            return "head";
        case Arm::again:
            break;
    }
    return "base again";
}

// The logs of one arm by block: one number a block, whatever the trials in it.
std::map<std::uint32_t, double> logs_by_block(const std::vector<const ArmTrial*>& trials, Arm arm,
                                              model::GateMetric metric) {
    std::map<std::uint32_t, std::pair<double, int>> sums;
    for (const ArmTrial* each : trials) {
        const auto value = each->arm == arm ? comparable_value(each->trial, metric) : std::nullopt;
        if (value) {
            auto& [sum, count] = sums[each->block];
            sum += std::log(*value);
            ++count;
        }
    }
    std::map<std::uint32_t, double> logs;
    for (const auto& [block, sum] : sums) {
        logs[block] = sum.first / sum.second;
    }
    return logs;
}

std::vector<double> differences_of(const std::map<std::uint32_t, double>& base,
                                   const std::map<std::uint32_t, double>& head) {
    std::vector<double> differences;
    for (const auto& [block, log] : base) {
        const auto other = head.find(block);
        if (other != head.end()) {
            differences.push_back(other->second - log);
        }
    }
    return differences;
}

std::optional<report::OverRounds> over_blocks(const std::map<std::uint32_t, double>& logs) {
    std::vector<double> values;
    for (const auto& [block, log] : logs) {
        values.push_back(std::exp(log));
    }
    return report::over_rounds(values);
}

void add_noise(ComparedCell& cell, const std::vector<double>& differences, double alpha) {
    const auto difference = difference_of_pairs(differences, alpha);
    if (!difference.centre) {
        return;
    }
    cell.noise = std::expm1(*difference.centre);
    if (difference.interval) {
        cell.noise_low = std::expm1(difference.interval->low);
        cell.noise_high = std::expm1(difference.interval->high);
    }
}

const Trial* first_failure(const std::vector<const ArmTrial*>& trials, Arm arm) {
    for (const ArmTrial* each : trials) {
        if (each->arm == arm && each->trial.outcome == Outcome::failed) {
            return &each->trial;
        }
    }
    return nullptr;
}

std::string server_of(const std::vector<const ArmTrial*>& trials) {
    for (const ArmTrial* each : trials) {
        if (each->arm == Arm::head) {
            return each->trial.server;
        }
    }
    return trials.front()->trial.server;
}

// What is compared with each other.
struct Group {
    std::string profile;
    std::string pair;
    std::vector<const ArmTrial*> trials;
};

struct PairedBuilder {
    Comparison comparison;
    std::vector<LogDifference> differences;

    void add(const std::string& profile, model::GateMetric metric, const Gate& gate,
             const std::vector<const ArmTrial*>& trials) {
        ComparedCell cell;
        cell.profile = profile;
        cell.server = server_of(trials);
        cell.metric = metric;
        cell.tolerance = gate.tolerance_of(metric);
        const auto base = logs_by_block(trials, Arm::base, metric);
        const auto head = logs_by_block(trials, Arm::head, metric);
        if (base.empty() && head.empty() && !cell.is_gated()) {
            return;
        }
        cell.base = over_blocks(base);
        cell.head = over_blocks(head);
        const auto difference = difference_of_pairs(differences_of(base, head), gate.alpha);
        describe(cell, difference);
        add_noise(cell, differences_of(base, logs_by_block(trials, Arm::again, metric)),
                  gate.alpha);
        if (!cell.p) {
            cell.why = "no block has both";
        }
        const Trial* const failure = first_failure(trials, Arm::head);
        if (cell.is_gated() && failure != nullptr && first_failure(trials, Arm::base) == nullptr) {
            cell.p.reset();
            cell.verdict = Change::regression;
            cell.why = "it fails in head and does not in base: " +
                       failure->reason.value_or("no reason was recorded");
        }
        comparison.cells.push_back(cell);
        differences.push_back(difference);
    }
};

}  // namespace

Comparison compare_blocks(const std::string& base_name, const std::string& head_name,
                          const std::vector<ArmTrial>& trials, const Gate& gate) {
    PairedBuilder builder;
    builder.comparison.base_name = base_name;
    builder.comparison.head_name = head_name;
    builder.comparison.paired = true;
    builder.comparison.alpha = gate.alpha;
    std::vector<Group> groups;
    LeftOut left_out;
    for (const ArmTrial& each : trials) {
        if (each.trial.superseded) {
            continue;
        }
        left_out.count(name_of(each.arm), each.trial);
        auto known = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
            return group.profile == each.trial.profile && group.pair == each.pair;
        });
        if (known == groups.end()) {
            known = groups.insert(groups.end(), {each.trial.profile, each.pair, {}});
        }
        known->trials.push_back(&each);
    }
    for (const bool gated : {true, false}) {
        for (const Group& group : groups) {
            for (const auto& [metric, name] : model::kGateMetrics) {
                if (gate.tolerance_of(metric).has_value() == gated) {
                    builder.add(group.profile, metric, gate, group.trials);
                }
            }
        }
    }
    judge(builder.comparison, builder.differences);
    builder.comparison.warnings = left_out.warnings();
    return builder.comparison;
}

}  // namespace benchhost::compare
